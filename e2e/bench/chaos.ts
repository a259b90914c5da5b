// Four participants join, leave, reload, publish, mute, hold and lose their network or server in random order, up to three at
// a time. After each round, every participant must see the expected videos within 40 s; otherwise the run stops and prints
// the steps that led there. Uses a real Chromium and a real server on this machine.
// Run with `pnpm bench:chaos [minutes] [seed]`, which also starts the demo. Runs with the same seed may differ, because the
// outcome also depends on timing.
import { parseArgs } from 'node:util';
import { Caller } from '../support/caller.ts';
import { OwnServer } from '../support/own-server.ts';
import { randomFrom } from '../support/seeded-random.ts';
import {
  actions,
  readStateFromPage,
  type ActionName,
  type ChaosParticipant,
  type ChaosScene,
} from './chaos-participant.ts';
import { findProblems } from './chaos-problems.ts';
import { startDemo } from './demo-server.ts';
import { launchBenchBrowser } from './launch-bench-browser.ts';

const settleTimeoutMs = 40_000;
const maxConcurrent = 3;
/** Actions, repeated by their frequency. */
const weightedActions: readonly ActionName[] = [
  ...(['join', 'join', 'leave', 'reload', 'publish', 'publish', 'unpublish'] as const),
  ...(['mute', 'unmute', 'unmute', 'hold', 'resume', 'resume', 'offline', 'offline', 'restart'] as const),
];

const { positionals } = parseArgs({ allowPositionals: true });
const minutes = Number(positionals[0] ?? 3);
const seed = Number(positionals[1] ?? Date.now() % 10_000);

const endDemo = await startDemo();
const server = await OwnServer.start({ PARLEY_RATE_LIMITS: 'off' });
const browser = await launchBenchBrowser();
try {
  const scene: ChaosScene = {
    server,
    invitation: await server.openConference(),
    random: randomFrom(seed),
    isOnHold: false,
  };
  const participants: ChaosParticipant[] = [];
  for (const id of [11, 22, 33, 44]) {
    const caller = await Caller.open(browser);
    participants.push({ caller, id, isJoined: false, isPublishing: false, isMuted: false });
  }
  for (const participant of participants) await actions.join(participant, scene);
  await run(scene, participants);
} finally {
  await browser.close();
  await server.close();
  await endDemo();
}

async function run(scene: ChaosScene, participants: readonly ChaosParticipant[]): Promise<void> {
  const log: string[] = [];
  const endMs = Date.now() + minutes * 60_000;
  let longestMs = 0;
  let rounds = 0;
  for (; Date.now() < endMs; rounds += 1) {
    const chosen = choose(scene, participants);
    log.push(chosen.map(([name, { id }]) => `${name} ${id}`).join(', '));
    await Promise.all(chosen.map(([name, participant]) => perform(name, participant, scene, log)));
    const startMs = Date.now();
    let problems = await findProblems(participants, scene.isOnHold);
    while (problems.length > 0 && Date.now() - startMs < settleTimeoutMs)
      problems = await findProblems(participants, scene.isOnHold);
    longestMs = Math.max(longestMs, Date.now() - startMs);
    if (problems.length === 0) continue;
    console.log([`Seed ${seed}, round ${rounds}:`, ...log.slice(-20), ...problems].join('\n'));
    for (const { caller, id } of participants) console.log(id, (await caller.diary()).slice(-12));
    process.exitCode = 1;
    return;
  }
  console.log(`Seed ${seed}: no problems after each of ${rounds} rounds, within ${longestMs} ms.`);
}

async function perform(
  name: ActionName,
  participant: ChaosParticipant,
  scene: ChaosScene,
  log: string[],
): Promise<void> {
  try {
    await actions[name](participant, scene);
  } catch (error) {
    // Actions may fail without network or server. Only the page knows their effect.
    log.push(`  ${name} ${participant.id}: ${String(error).split('\n', 1)[0]}`);
    await readStateFromPage(participant);
  }
}

/** Chooses one action for each of up to three participants. */
function choose(
  { random }: ChaosScene,
  participants: readonly ChaosParticipant[],
): [ActionName, ChaosParticipant][] {
  const chosen = new Map<ChaosParticipant, ActionName>();
  const count = 1 + Math.floor(random() * maxConcurrent);
  for (let pick = 0; pick < count; pick += 1) {
    const participant = participants[Math.floor(random() * participants.length)];
    const name = weightedActions[Math.floor(random() * weightedActions.length)];
    if (!participant || !name || chosen.has(participant)) continue;
    const names = [name, ...chosen.values()];
    // Restart the server only once per round, and not while a page reloads: it would show a participant who left without its
    // knowledge until their timeout. Only the server knows the order of concurrent hold and resume.
    const isConflicting =
      (names.includes('restart') && (names.includes('reload') || name === 'restart')) ||
      (names.includes('hold') && names.includes('resume'));
    if (!isConflicting || names.length === 1) chosen.set(participant, name);
  }
  return [...chosen].map(([participant, name]) => [name, participant]);
}
