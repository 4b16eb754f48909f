/** Pictures of a timeline as PNG, drawn on a canvas of their own. */
import { drawPicture, pictureHeight, type Picture } from './picture.ts';

/** PNG pixels per CSS pixel. */
const PNG_SCALE = 2;

/** The picture as PNG at twice the screen's size. @throws Error where the browser cannot encode it (usually: too large). */
export async function timelinePng(picture: Picture): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.view.layout.widthPx * PNG_SCALE);
  canvas.height = Math.round(pictureHeight(picture) * PNG_SCALE);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser gives no 2-D canvas context');
  context.scale(PNG_SCALE, PNG_SCALE);
  drawPicture(context, picture);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null)
    throw new Error(`the browser could not encode a picture of ${canvas.width} × ${canvas.height} pixels`);
  return blob;
}
