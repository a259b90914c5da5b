/** A pixel that is a person with less than this probability is background. */
const least = 0.3;
/** From this probability on, a pixel is a person. */
const most = 0.7;

/**
 * Writes how opaque each pixel of a person is into the alpha bytes of `pixels`, from the model's probabilities. Between the two
 * limits people fade into the background, because the model is unsure at their edges.
 */
export function writeAlpha(probabilities: Float32Array, pixels: Uint8ClampedArray): void {
  for (let index = 0; index < probabilities.length; index += 1) {
    // Clamped to 0 and 255 by the array.
    pixels[4 * index + 3] = (255 * ((probabilities[index] ?? 0) - least)) / (most - least);
  }
}
