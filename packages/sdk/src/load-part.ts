import { PartNotLoadedError } from './errors/part-not-loaded-error.ts';

/**
 * Fetches a part of the SDK that has a file of its own.
 *
 * @throws PartNotLoadedError (`ERR_PART_NOT_LOADED`).
 */
export async function loadPart<Part>(name: string, load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch (cause) {
    throw new PartNotLoadedError(name, { cause });
  }
}
