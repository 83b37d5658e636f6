/** Pictures from a camera, taken in a dialog; the camera is off whenever the dialog is closed. */

import { find, showProblem } from "./dom.js";
import { asJpeg, onWhite } from "./smaller.js";

const REASONS = {
  NotAllowedError: "The camera may not be used here. Allow it in the browser’s settings for this page.",
  NotFoundError: "No camera was found.",
  NotReadableError: "The camera is in use by another program. Close that first.",
};

/**
 * Offer the camera where there can be one.
 * @param {(files: File[]) => void} take
 */
export function offerCamera(take) {
  const dialog = find("#camera");
  const button = find("#open-camera");
  button.hidden = !navigator.mediaDevices?.getUserMedia; // browsers give it on safe addresses alone
  button.addEventListener("click", () => open(dialog));
  find("#close-camera").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => stop(find("video", dialog)));
  find("#shoot").addEventListener("click", async () => {
    const video = find("video", dialog);
    const frame = video.videoWidth ? onWhite(video, video.videoWidth, video.videoHeight) : null;
    dialog.close(); // before any wait, so that a double click takes one picture
    if (frame) take([new File([await asJpeg(frame)], "camera.jpg", { type: "image/jpeg" })]);
  });
}

async function open(dialog) {
  showProblem();
  dialog.showModal();
  const video = find("video", dialog);
  try {
    const wanted = { video: { facingMode: "environment", width: { ideal: 1280 } } };
    video.srcObject = await navigator.mediaDevices.getUserMedia(wanted);
    if (!dialog.open) stop(video); // closed while the browser asked for permission
  } catch (error) {
    dialog.close();
    showProblem(REASONS[error.name] ?? "The camera cannot be used. Choose a picture instead.");
  }
}

function stop(video) {
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
}
