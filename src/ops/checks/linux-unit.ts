/** Facts about the unit, its program and its code, from a Linux host's own commands. */
import type { Asker } from './asker.ts';
import type { Subject } from './check.ts';
import { type Fact, type ServiceView, seen, unseen } from './facts.ts';
import type { Get, Sources } from './gather.ts';
import { relativePaths } from './integrate.ts';
import { failed } from './linux-machine.ts';
import { parseListing } from './listing.ts';
import { logFolders, readPython } from './python-source.ts';
import { parseService, SERVICE_PROPERTIES } from './service-view.ts';
import { isPython, parseUnitFile, startedBy, type UnitFile } from './unit-file.ts';

/** Sources above this are read in part; a server of a few hundred lines is what is meant. */
const SOURCE_BYTES = 1024 * 1024;

export function unitSources(ask: Asker, subject: Subject): Sources {
  const { unit, expected } = subject;
  return {
    async service() {
      const said = await ask(['systemctl', 'show', unit, '-p', SERVICE_PROPERTIES.join(',')]);
      return said.code === 0 ? seen(parseService(said.stdout, unit), said.evidence) : failed(said);
    },
    async unitFile(get) {
      const service = await placed(get);
      if (!service.seen) return service;
      const paths = [service.value.fragmentPath, ...service.value.dropInPaths];
      const said = await Promise.all(paths.map((path) => ask(['cat', path], { root: true })));
      const bad = said.find((one) => one.code !== 0);
      if (bad !== undefined) return failed(bad);
      const texts = paths.map((path, index) => ({ path, text: said[index]?.stdout ?? '' }));
      return seen(parseUnitFile(texts), ...said.map((one) => one.evidence));
    },
    async unitStat(get) {
      const service = await placed(get);
      if (!service.seen) return service;
      const path = service.value.fragmentPath;
      const said = await ask(['stat', '-L', '-c', '%a %U:%G %n', path]);
      const match = /^(\d+) ([^:]+):(\S+) /.exec(said.stdout);
      const [, mode, owner, group] = match ?? [];
      if (mode === undefined || owner === undefined || group === undefined) return failed(said);
      return seen({ path, mode, owner, group }, said.evidence);
    },
    async absoluteFor(get) {
      const unitFile = await get('unitFile');
      if (!unitFile.seen) return unitFile;
      const words = [...new Set(relativePaths(unitFile.value).map(({ word }) => word))];
      const found = new Map<string, string>();
      const said = await Promise.all(
        words.map((word) =>
          word.endsWith('.py')
            ? ask(['ls', `${expected.folder}/${word}`], { root: true })
            : ask(['which', word], { root: true }),
        ),
      );
      for (const [index, word] of words.entries()) {
        const path = said[index]?.stdout.trim() ?? '';
        if (path.startsWith('/') && !path.includes('\n')) found.set(word, path);
      }
      return seen(found, ...said.map((one) => one.evidence));
    },
    async program(get) {
      const unitFile = await get('unitFile');
      if (!unitFile.seen) return unitFile;
      const word = startedBy(unitFile.value)?.program;
      if (word === undefined) return unseen({ code: 'after', id: 'absolute-paths' }, ...unitFile.evidence);
      const said = await ask(isPython(word) ? [word, '--version'] : ['ls', '-lL', word]);
      // 127: no such program; 126: not one that can be run.
      const version = isPython(word) && said.code === 0 ? `${said.stdout}${said.stderr}`.trim() : null;
      return seen({ word, exists: said.code === 0, version }, said.evidence);
    },
    async appFile(get) {
      const [unitFile, folder] = await Promise.all([get('unitFile'), get('folder')]);
      const app = unitFile.seen ? startedBy(unitFile.value)?.app : undefined;
      if (app === undefined) {
        // No unit says which file it is: the exercise's names are looked for.
        const files = folder.seen ? folder.value.files : [];
        const name = ['bs_server.py', 'server.py'].find((candidate) => files.includes(candidate));
        const path = `${expected.folder}/${name ?? 'server.py'}`;
        return seen({ path, exists: name !== undefined }, ...folder.evidence);
      }
      const path = app.startsWith('/') ? app : `${workingFolder(unitFile) ?? expected.folder}/${app}`;
      const said = await ask(['ls', '-l', path], { root: true });
      return said.unseen === null ? seen({ path, exists: said.code === 0 }, said.evidence) : failed(said);
    },
    async folder() {
      const said = await ask(['ls', '-al', expected.folder], { root: true });
      if (said.unseen !== null) return failed(said);
      const listing = parseListing(said.stdout);
      const value = {
        path: expected.folder,
        exists: said.code === 0,
        isDirectory: listing.isDirectory,
        files: listing.names,
      };
      return seen(value, said.evidence);
    },
    async source(get) {
      const [appFile, program] = await Promise.all([get('appFile'), get('program')]);
      if (!appFile.seen) return appFile;
      const { path, exists } = appFile.value;
      if (!exists) return unseen({ code: 'after', id: 'app-files' }, ...appFile.evidence);
      if (!path.endsWith('.py') && !(program.seen && isPython(program.value.word)))
        return unseen({ code: 'no-source' });
      const said = await ask(['cat', path], { root: true, maxBytes: SOURCE_BYTES });
      return said.code === 0 ? seen({ path, text: said.stdout }) : failed(said);
    },
    async logFolders(get) {
      const source = await get('source');
      if (!source.seen) return source;
      const paths = logFolders(readPython(source.value.text));
      const said = await Promise.all(paths.map((path) => ask(['ls', '-ld', path], { root: true })));
      const folders = paths.map((path, index) => ({ path, exists: said[index]?.code === 0 }));
      return seen(folders, ...said.map((one) => one.evidence));
    },
    async processUser(get) {
      const service = await get('service');
      if (!service.seen) return service;
      const pid = service.value.mainPid;
      if (pid === 0) return unseen({ code: 'after', id: 'active' });
      const said = await ask(['ps', '-o', 'user:32,pid,args', '-p', String(pid)]);
      const user = said.stdout.split('\n')[1]?.trim().split(/\s+/)[0];
      return said.code === 0 && user !== undefined ? seen(user, said.evidence) : failed(said);
    },
  };
}

/**
 * The service, when there is a unit of that name; its file's items make no sense otherwise. The file of a
 * masked one is a link to /dev/null or empty: no unit, and least of all one whose mode may be changed.
 */
async function placed(get: Get): Promise<Fact<ServiceView>> {
  const service = await get('service');
  if (!service.seen || (service.value.fragmentPath !== '' && service.value.load !== 'masked')) return service;
  return unseen({ code: 'after', id: 'unit-place' }, ...service.evidence);
}

function workingFolder(unitFile: Fact<UnitFile>): string | null {
  if (!unitFile.seen) return null;
  const set = unitFile.value.assignments.findLast((one) => one.key === 'WorkingDirectory')?.value;
  return set?.startsWith('/') ? set.replace(/\/$/, '') : null;
}
