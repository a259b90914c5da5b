// Lets four people enter, leave, reload, publish, mute, hold, lose their network and their server in a random order, up to three
// at a time, and looks after each time whether everybody sees whom they should within 40 s. Ends at the first time that
// this is not so, with what led to it. In a real Chromium against a real server on this machine.
// Run by `pnpm bench:chaos [minutes] [seed]`; the demo's server is started for it. Not repeatable to the letter, since
// what happens also depends on when.
import { parseArgs } from 'node:util';
import { Caller } from '../support/caller.ts';
import { OwnServer } from '../support/own-server.ts';
import { type ActName, acts, type ChaosPerson, type ChaosScene, learnFromPage } from './chaos-person.ts';
import { wrongsOf } from './chaos-wrongs.ts';
import { startDemo } from './demo-server.ts';
import { launchBenchBrowser } from './launch-bench-browser.ts';

const calmMs = 40_000;
const mostAtOnce = 3;
/** What happens how often. */
const bag: readonly ActName[] = [
  ...(['enter', 'enter', 'leave', 'reload', 'publish', 'publish', 'unpublish'] as const),
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
    place: await server.openConference(),
    random: randomFrom(seed),
    isOnHold: false,
  };
  const people: ChaosPerson[] = [];
  for (const id of [11, 22, 33, 44]) {
    const caller = await Caller.open(browser);
    people.push({ caller, id, isInside: false, isPublishing: false, isMuted: false });
  }
  for (const person of people) await acts.enter(person, scene);
  await run(scene, people);
} finally {
  await browser.close();
  await server.close();
  endDemo();
}

async function run(scene: ChaosScene, people: readonly ChaosPerson[]): Promise<void> {
  const story: string[] = [];
  const endMs = Date.now() + minutes * 60_000;
  let longestMs = 0;
  let rounds = 0;
  for (; Date.now() < endMs; rounds += 1) {
    const chosen = choose(scene, people);
    story.push(chosen.map(([name, { id }]) => `${name} ${id}`).join(', '));
    await Promise.all(chosen.map(([name, person]) => perform(name, person, scene, story)));
    const startMs = Date.now();
    let wrongs = await wrongsOf(people, scene.isOnHold);
    while (wrongs.length > 0 && Date.now() - startMs < calmMs)
      wrongs = await wrongsOf(people, scene.isOnHold);
    longestMs = Math.max(longestMs, Date.now() - startMs);
    if (wrongs.length === 0) continue;
    console.log([`Seed ${seed}, round ${rounds}:`, ...story.slice(-20), ...wrongs].join('\n'));
    for (const { caller, id } of people) console.log(id, (await caller.diary()).slice(-12));
    process.exitCode = 1;
    return;
  }
  console.log(`Seed ${seed}: all well after each of ${rounds} rounds, in ${longestMs} ms at the latest.`);
}

async function perform(
  name: ActName,
  person: ChaosPerson,
  scene: ChaosScene,
  story: string[],
): Promise<void> {
  try {
    await acts[name](person, scene);
  } catch (error) {
    // As it may, without network or server. What has come of it is known to the page alone.
    story.push(`  ${name} ${person.id}: ${String(error).split('\n', 1)[0]}`);
    await learnFromPage(person);
  }
}

/** One act for each of up to three people. */
function choose({ random }: ChaosScene, people: readonly ChaosPerson[]): [ActName, ChaosPerson][] {
  const chosen = new Map<ChaosPerson, ActName>();
  const count = 1 + Math.floor(random() * mostAtOnce);
  for (let pick = 0; pick < count; pick += 1) {
    const person = people[Math.floor(random() * people.length)];
    const name = bag[Math.floor(random() * bag.length)];
    if (!person || !name || chosen.has(person)) continue;
    const names = [name, ...chosen.values()];
    // There is one server, and whoever goes without its knowledge is seen for as long as it waits for them. Of hold and
    // resume at once the server alone knows which came last.
    const isTooMuch =
      (names.includes('restart') && (names.includes('reload') || name === 'restart')) ||
      (names.includes('hold') && names.includes('resume'));
    if (!isTooMuch || names.length === 1) chosen.set(person, name);
  }
  return [...chosen].map(([person, name]) => [name, person]);
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
