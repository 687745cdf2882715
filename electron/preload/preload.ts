import { ipcRenderer, webUtils } from 'electron';

/**
 * The bridge between main and the page, and all of it: it passes on the port to the engine, and the paths of dropped files,
 * which a page may not read itself. Nothing is exposed in the page's world.
 */

// A port cannot cross a context bridge; a message to our own window carries it.
ipcRenderer.on('engine-port', (event) => window.postMessage('engine-port', '*', event.ports));

// Without this the window would leave the wizard and show the file.
window.addEventListener('dragover', (event) => event.preventDefault());
window.addEventListener('drop', (event) => {
  event.preventDefault();
  const paths = [...(event.dataTransfer?.files ?? [])].map((file) => webUtils.getPathForFile(file)).filter(Boolean);
  if (paths.length > 0) window.postMessage({ kind: 'overland-drop', paths }, '*');
});
