import { open, type FileHandle } from 'node:fs/promises';
import { elementIds, maxHeaderBytes, readElementHeader, readNumber } from './ebml.ts';

/** What is in a file that a killed process left behind. */
export interface FoundMedia {
  /** From the first to the last frame. */
  readonly durationMs: number;
  readonly bytes: number;
}

const windowBytes = 256 * 1024;
/** A duration as the muxer writes it: id, size, and 8 bytes. */
const durationBytes = 11;

/**
 * Completes a recording of a killed process: cuts off a frame of which only a part was written, and writes the duration
 * into the header. Reads only the headers of the frames. A complete file stays as it is.
 */
export async function repairWebm(path: string): Promise<FoundMedia> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const found = await scan(file, size);
    if (found.validBytes < size) await file.truncate(found.validBytes);
    if (found.durationAt !== undefined) {
      await file.write(durationElement(found.lastMs), 0, durationBytes, found.durationAt);
    }
    return { durationMs: found.lastMs, bytes: found.validBytes };
  } finally {
    await file.close();
  }
}

interface Scan {
  readonly validBytes: number;
  readonly lastMs: number;
  /** Where the hidden duration is; undefined if there is none. */
  readonly durationAt: number | undefined;
}

async function scan(file: FileHandle, size: number): Promise<Scan> {
  let window: Uint8Array = new Uint8Array(0);
  let windowAt = 0;
  const peek = async (position: number, byteCount: number): Promise<Uint8Array> => {
    if (position < windowAt || position + byteCount > windowAt + window.length) {
      const buffer = Buffer.alloc(Math.min(windowBytes, Math.max(0, size - position)));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      window = buffer.subarray(0, bytesRead);
      windowAt = position;
    }
    return window.subarray(position - windowAt, position - windowAt + byteCount);
  };

  let position = 0;
  let clusterMs = 0;
  let lastMs = 0;
  let durationAt: number | undefined;
  while (position < size) {
    const element = readElementHeader(await peek(position, maxHeaderBytes), 0);
    if (!element) break;
    const { id, headerBytes } = element;
    const isEntered = id === elementIds.segment || id === elementIds.cluster || id === elementIds.info;
    const next = position + headerBytes + (isEntered ? 0 : element.size);
    if (next > size) break;
    if (id === elementIds.timestamp) {
      clusterMs = readNumber(await peek(position + headerBytes, element.size), 0, element.size);
    } else if (id === elementIds.simpleBlock) {
      const block = Buffer.from(await peek(position + headerBytes, 4));
      lastMs = Math.max(lastMs, clusterMs + block.readInt16BE(1));
    } else if (id === elementIds.void && headerBytes + element.size === durationBytes) {
      durationAt = position;
    }
    position = next;
  }
  return { validBytes: position, lastMs, durationAt };
}

function durationElement(durationMs: number): Buffer {
  const element = Buffer.alloc(durationBytes);
  element.writeUInt16BE(elementIds.duration, 0);
  element.writeUInt8(0x88, 2);
  element.writeDoubleBE(durationMs, 3);
  return element;
}
