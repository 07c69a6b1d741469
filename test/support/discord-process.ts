/** The stand-in for Discord as a process: prints its address, then each message that came, one JSON document a line. */
import { startDiscord } from './discord.ts';

const standIn = await startDiscord();
process.stdout.write(`${JSON.stringify({ address: standIn.address })}\n`);
standIn.answer = (message) => {
  process.stdout.write(`${JSON.stringify({ atWall: Date.now(), message })}\n`);
  return { status: 204 };
};
