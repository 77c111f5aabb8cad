// Draws every page of a PDF. The browser's own viewer is never used.
for (const paper of document.querySelectorAll("[data-pdf]")) {
  const library = await import(paper.dataset.library);
  library.GlobalWorkerOptions.workerSrc = paper.dataset.worker;
  const answer = await fetch(paper.dataset.pdf, { credentials: "same-origin" });
  if (!answer.ok) continue;
  const data = new Uint8Array(await answer.arrayBuffer());
  const file = await library.getDocument({ data, isEvalSupported: false, enableXfa: false, useWasm: false }).promise;
  for (let number = 1; number <= file.numPages; number += 1) {
    const page = await file.getPage(number);
    const viewport = page.getViewport({ scale: 2 });
    const canvas = document.createElement("canvas");
    canvas.width = viewport.width;
    canvas.height = viewport.height;
    paper.append(canvas);
    await page.render({ canvas, canvasContext: canvas.getContext("2d"), viewport }).promise;
  }
}
