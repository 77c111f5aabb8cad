// Draws every page of a PDF. The browser's own viewer is never used.
// The sentence with the download stays in the figure until the last page is drawn, so a failure never leaves an empty box.
async function draw(viewer) {
  const library = await import(viewer.dataset.library);
  library.GlobalWorkerOptions.workerSrc = viewer.dataset.worker;
  const answer = await fetch(viewer.dataset.pdf, { credentials: "same-origin", redirect: "error" });
  if (!answer.ok) return;
  const data = new Uint8Array(await answer.arrayBuffer());
  // The decoders of scans lie beside the worker. They are scripts, because the policy of the page forbids WebAssembly.
  const wasmUrl = new URL(".", new URL(viewer.dataset.worker, window.location.href)).href;
  const verbosity = library.VerbosityLevel.ERRORS;
  const options = { data, enableXfa: false, stopAtErrors: true, useWasm: false, wasmUrl, verbosity };
  const file = await library.getDocument(options).promise;
  let complete = true;
  for (let number = 1; number <= file.numPages; number += 1) {
    const page = await file.getPage(number);
    const viewport = page.getViewport({ scale: 2 });
    const canvas = document.createElement("canvas");
    canvas.width = viewport.width;
    canvas.height = viewport.height;
    viewer.append(canvas);
    await page.render({ canvas, canvasContext: canvas.getContext("2d"), viewport }).promise;
    if (await hasUndecoded(library, page)) complete = false;
  }
  if (!complete) return;
  viewer.querySelector("[data-undrawn]").remove();
  viewer.setAttribute("role", "img");
}

// Whether a picture of the page could not be decoded. pdf.js leaves its place empty without an error.
async function hasUndecoded(library, page) {
  const { fnArray, argsArray } = await page.getOperatorList();
  const ids = argsArray.filter((_, at) => fnArray[at] === library.OPS.paintImageXObject).map(([id]) => id);
  return ids.some((id) => {
    const objects = id.startsWith("g_") ? page.commonObjs : page.objs;
    return objects.has(id) && !objects.get(id);
  });
}

for (const viewer of document.querySelectorAll("[data-pdf]")) {
  draw(viewer).catch((error) => console.error("the document cannot be drawn", error));
}
