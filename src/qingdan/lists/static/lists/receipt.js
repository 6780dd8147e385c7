// The receipt as a picture, drawn on this device: for whoever has no pen and gets no text message.
(() => {
  "use strict";
  const button = document.querySelector("[data-picture]");
  if (!button) return;
  button.hidden = false;

  function drawn(lines) {
    const canvas = document.createElement("canvas");
    const [wide, edge] = [1080, 72];
    const paper = canvas.getContext("2d");
    const font = (line) => `${line.bold ? "600" : "400"} ${line.size}px ${getComputedStyle(document.body).fontFamily}`;
    const rows = [];
    for (const line of lines) {
      paper.font = font(line);
      let row = "";
      for (const sign of line.text) {
        if (row && paper.measureText(row + sign).width > wide - 2 * edge) {
          rows.push({ ...line, text: row });
          row = "";
        }
        row += sign;
      }
      rows.push({ ...line, text: row });
    }
    canvas.width = wide;
    canvas.height = rows.reduce((high, row) => high + row.size * 1.6, 2 * edge);
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.fillStyle = "#17212b";
    let at = edge;
    for (const row of rows) {
      at += row.size * 1.6;
      paper.font = font(row);
      paper.fillText(row.text, edge, at - row.size * 0.4);
    }
    return canvas;
  }

  button.addEventListener("click", () => {
    const said = [...document.querySelectorAll("[data-on-picture]")].map((one) => ({
      text: one.dataset.onPicture || one.textContent.trim(),
      size: one.matches(".no") ? 64 : 36,
      bold: one.matches(".no, h1"),
    }));
    drawn(said).toBlob((picture) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(picture);
      link.download = `${button.dataset.picture}.png`;
      link.click();
      window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  });
})();
