/** A photo, made small enough to be kept and sent from a phone: upright, and without what the camera wrote beside it. */

/** Pixels of the longer side: what is printed on a slip can still be read. */
const SIDE_MOST = 2000;
const QUALITY = 0.82;

/** What cannot be drawn here is kept as it is; the server judges it. */
export async function shrink(photo: Blob): Promise<Blob> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(photo);
  } catch {
    return photo;
  }
  const scale = Math.min(1, SIDE_MOST / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((resolve) => {
    canvas.toBlob((small) => { resolve(small ?? photo); }, "image/jpeg", QUALITY);
  });
}
