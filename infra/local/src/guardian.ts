import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Ends everything this process has started when this process is gone, however it went (SIGKILL included).
 *
 * It is a shell in a session of its own that reads orders from a pipe. Only we hold the other end, so the pipe ends when
 * we do; then the shell asks each watched process to stop, kills what has not stopped in time, removes the temporary
 * folders it was told of, and ends too.
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT
watched=''
folders=''
without() { left=''; for entry in $watched; do [ "\${entry%%:*}" = "$1" ] || left="$left $entry"; done; watched=$left; }
alive() { kill -0 "$1" 2>/dev/null; }
while read -r order subject; do
  case $order in
    watch) watched="$watched $subject" ;;
    forget) without "$subject" ;;
    remove) folders="$folders
$subject" ;;
  esac
done
for entry in $watched; do kill -s "\${entry##*:}" "\${entry%%:*}" 2>/dev/null; done
patience=30
while [ $patience -gt 0 ]; do
  left=''
  for entry in $watched; do alive "\${entry%%:*}" && left="$left $entry"; done
  watched=$left
  [ -z "$watched" ] && break
  patience=$((patience - 1))
  sleep 0.1
done
for entry in $watched; do kill -s KILL "\${entry%%:*}" 2>/dev/null; done
IFS='
'
for folder in $folders; do rm -rf -- "$folder"; done
`;

export interface Guardian {
  readonly pid: number;
  /** False once it has been dismissed: nothing may be started any more. */
  readonly active: boolean;
  /** From now on this process ends with us. */
  watch(pid: number, stopSignal: 'TERM' | 'INT' | 'QUIT' | 'KILL'): void;
  /** It has ended: its pid may be somebody else's soon. */
  forget(pid: number): void;
  /** A folder that goes when we do. */
  removeAtEnd(folder: string): void;
  /** Ends what is still watched, as if we were gone; resolves when nothing is left, the guardian included. */
  dismiss(): Promise<void>;
}

export function startGuardian(): Guardian {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'falconpay-guardian'], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const orders: Writable = shell.stdin;
  orders.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => {
    shell.once('error', () => resolve()).once('exit', () => resolve());
  });
  if (shell.pid === undefined) throw new Error('cannot start /bin/sh');
  shell.unref();
  // A pipe that keeps the event loop alive would keep a finished program from ending.
  (orders as Writable & { unref?: () => void }).unref?.();
  let active = true;
  const order = (line: string): void => void orders.write(`${line}\n`);
  return {
    pid: shell.pid,
    get active() {
      return active;
    },
    watch: (pid, stopSignal) => order(`watch ${pid}:${stopSignal}`),
    forget: (pid) => order(`forget ${pid}`),
    removeAtEnd: (folder) => order(`remove ${folder}`),
    dismiss: async () => {
      active = false;
      shell.ref();
      orders.end();
      await gone;
    },
  };
}
