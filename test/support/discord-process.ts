/**
 * The stand-in for Discord as a process, `discord-process [PORT]`: prints its address, then each message that came,
 * one JSON document a line. A line `{"answers":[…]}` on its stdin says how the next requests are answered, one
 * each; after these, all are taken.
 */
import { createInterface } from 'node:readline';
import { isTaken, type StandInAnswer, startDiscord, TAKEN } from './discord.ts';

const [port = '0'] = process.argv.slice(2);
const print = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

let answers: StandInAnswer[] = [];
createInterface({ input: process.stdin }).on('line', (line) => {
  ({ answers } = JSON.parse(line) as { answers: StandInAnswer[] });
  print({ answers: answers.length });
});

const standIn = await startDiscord(Number(port));
standIn.answer = (message) => {
  const answer = answers.shift() ?? TAKEN;
  print({ atWall: Date.now(), message, taken: isTaken(answer), answer });
  return answer;
};
print({ address: standIn.address });
