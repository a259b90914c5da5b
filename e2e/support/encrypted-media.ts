import type { Caller } from './caller.ts';
import { expect } from './expect.ts';
import type { FirefoxCaller } from './firefox-caller.ts';

/** Closes the sender's encryption while its encoders continue, and proves that the receiver's newest view gets nothing more. */
export async function expectSilenceOnceClosed(
  sender: Caller | FirefoxCaller,
  receiver: Caller,
): Promise<void> {
  await evaluateIn(sender, () => window.encryption?.close());
  const encoded = await framesEncoded(sender);
  // Wait for packets that are still in flight.
  await expect.poll(() => framesEncoded(sender)).toBeGreaterThan(encoded + 5);
  const { bytesReceived } = await newestView(receiver);
  await expect.poll(() => framesEncoded(sender)).toBeGreaterThan(encoded + 25);
  expect((await newestView(receiver)).bytesReceived).toBe(bytesReceived);
  expect(await sender.diary()).not.toContainEqual(expect.stringMatching(/^error/));
}

/** The number of frames that the page has encoded, sent or not. */
export async function framesEncoded(caller: Caller | FirefoxCaller): Promise<number> {
  return await evaluateIn(caller, async () => {
    let frames = 0;
    for (const peer of window.probe.peerConnections()) {
      const report = await peer.getStats();
      report.forEach((row: Partial<RTCOutboundRtpStreamStats>) => (frames += row.framesEncoded ?? 0));
    }
    return frames;
  });
}

/** What the newest open view connection of a page has received. */
export async function newestView({
  page,
}: Caller): Promise<{ heightPx: number; framesDecoded: number; bytesReceived: number }> {
  return await page.evaluate(async () => {
    const views = window.probe
      .peerConnections()
      .filter(({ connectionState }) => connectionState !== 'closed')
      .filter((peer) => peer.getTransceivers().some(({ direction }) => direction === 'recvonly'));
    const report = await views.at(-1)?.getStats();
    const rows = [...(report?.values() ?? [])] as Partial<RTCInboundRtpStreamStats>[];
    const inbound = rows.filter(({ type }) => type === 'inbound-rtp');
    const video = inbound.find(({ kind }) => kind === 'video');
    return {
      heightPx: video?.frameHeight ?? 0,
      framesDecoded: video?.framesDecoded ?? 0,
      bytesReceived: inbound.reduce((sum, { bytesReceived = 0 }) => sum + bytesReceived, 0),
    };
  });
}

/** Runs `call` in the page of either browser. */
async function evaluateIn<Result>(
  { page }: Caller | FirefoxCaller,
  call: () => Result | Promise<Result>,
): Promise<Result> {
  return await (page as { evaluate(call: () => Result | Promise<Result>): Promise<Result> }).evaluate(call);
}
