// Typesets math. A bundle of its own, loaded only by pages that show math which the server has not typeset. It typesets what
// is there when it arrives, and afterwards the inside of every element that a "block-finished" event is sent to. "math-ready"
// hands the function that does it to the client, for what that renders from then on.
import load, { to_mathml } from "math-module";

/** @param {string} source
 *  @param {boolean} isDisplay
 *  @returns {string | undefined} nothing if the source is no valid LaTeX */
function typeset(source, isDisplay) {
  try {
    return to_mathml(source, isDisplay);
  } catch {
    return undefined; // a formula on which the module breaks is shown as its source too
  }
}

/** Puts a formula in the place of its source. What is still being written waits.
 *  @param {HTMLElement} element */
function typesetElement(element) {
  if (element.closest(".tail")) return;
  const mathml = typeset(element.textContent ?? "", element.dataset.display === "block");
  if (mathml === undefined) {
    element.className = "math-error";
    delete element.dataset.display;
    return;
  }
  // The module makes MathML alone, of escaped text.
  const template = document.createElement("template");
  template.innerHTML = mathml;
  element.replaceWith(template.content);
}

/** @param {Document | Element} root */
function typesetInside(root) {
  for (const element of root.querySelectorAll("code.math")) typesetElement(element);
}

await load({ module_or_path: MATH_WASM });
document.addEventListener("block-finished", (event) => typesetInside(event.target));
typesetInside(document);
document.dispatchEvent(new CustomEvent("math-ready", { detail: typeset }));
