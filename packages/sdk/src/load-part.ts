import { PartNotLoadedError } from './errors/part-not-loaded-error.ts';

/**
 * Loads a part of the SDK that is a separate file.
 *
 * @throws PartNotLoadedError (`ERR_PART_NOT_LOADED`) when the file cannot be loaded.
 */
export async function loadPart<Part>(name: string, load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch (cause) {
    throw new PartNotLoadedError(name, { cause });
  }
}
