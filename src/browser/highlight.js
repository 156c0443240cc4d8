// Colours code blocks. A bundle of its own, loaded only by pages that show code. It colours what is there when it arrives,
// and afterwards the inside of every element that a "block-finished" event is sent to.
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import markdown from "highlight.js/lib/languages/markdown";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import swift from "highlight.js/lib/languages/swift";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const languages = {
  bash, c, cpp, csharp, css, diff, go, ini, java, javascript, json, kotlin,
  markdown, php, python, ruby, rust, sql, swift, typescript, xml, yaml,
};
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);

// Beyond this, colouring a block would hold up the page; plain text reads as well.
const MAX_CHARACTERS = 50_000;

/** Colours one `<code class="language-…">` in place, once. A language that is not known is left as it is: guessing is slow,
 *  and often wrong. So is a block that is still being written.
 *  @param {HTMLElement} element */
function highlight(element) {
  if (element.dataset.highlighted || element.closest(".tail")) return;
  const name = /(?:^|\s)language-(\S+)/.exec(element.className)?.[1]?.toLowerCase();
  const text = element.textContent ?? "";
  if (!name || !hljs.getLanguage(name) || text.length > MAX_CHARACTERS) return;
  // The result is built from escaped text and <span class="hljs-…"> alone.
  element.innerHTML = hljs.highlight(text, { language: name, ignoreIllegals: true }).value;
  element.classList.add("hljs");
  element.dataset.highlighted = "yes";
}

/** @param {Document | Element} root */
function highlightInside(root) {
  for (const element of root.querySelectorAll("pre > code[class]")) highlight(element);
}

document.addEventListener("block-finished", (event) => highlightInside(event.target));
highlightInside(document);
