import { toSvgPath } from 'lean-qr/extras/svg';
import { generate } from 'lean-qr/nano';

/** A QR code as the path of an SVG. */
export interface QrPath {
  readonly path: string;
  /** Its width and height in the units of the path, without the quiet zone that it needs around it. */
  readonly size: number;
}

/** Draws a text as a QR code. Throws if the text is longer than a QR code can be. */
export function qrPath(text: string): QrPath {
  const code = generate(text);
  return { path: toSvgPath(code), size: code.size };
}
