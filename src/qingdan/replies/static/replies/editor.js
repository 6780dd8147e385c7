// Insert a citation where the cursor was last. Without script the citation is copied by hand.
(() => {
  "use strict";
  let last = null;
  const isText = (one) => one instanceof HTMLTextAreaElement && one.classList.contains("q-source");
  document.addEventListener("focusin", (event) => {
    if (isText(event.target)) last = event.target;
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-insert]");
    if (!button) return;
    const area = last && last.isConnected ? last : document.querySelector("textarea.q-source");
    if (!area) return;
    area.focus();
    area.setRangeText(button.dataset.insert, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
