# Two commands are enough: `make serve` and `make test`. The work is done in .ci/.
.DEFAULT_GOAL := help
.PHONY: help serve build dist dev test lint fmt bench chaos models better-model clean-site

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: ## build what is missing and start InspireAI on http://127.0.0.1:3000
	@.ci/serve

build: ## leave target/release/inspireai and its site ready to run
	@.ci/build-release

dist: ## leave target/dist/inspireai: one file to install, with everything in it
	@.ci/dist

dev: ## rebuild, restart and reload the browser on every change
	@.ci/dev

test: ## run every test: Rust, PostgreSQL, Redis, the browser (ONLY=rust or browser for one)
	@.ci/test $(ONLY)

lint: ## check format, lints, documentation and the rules of the house
	@.ci/lint

fmt: ## format the Rust code
	@cargo fmt

bench: ## measure the numbers that the README reports (ONLY=load for one part of them)
	@.ci/bench $(ONLY)

chaos: ## kill nodes and databases under load for 10 minutes, then check what is left (FOR=60 for a minute)
	@.ci/chaos $(FOR)

models: ## fetch the small local model again if it is missing or damaged
	@.ci/setup-models

better-model: ## fetch a better local model (1.1 GB) and use it from the next start
	@.ci/setup-models better

clean-site: ## forget the built site, so that the next build makes it anew
	@rm -rf target/site target/site.next target/site.stamp
