/**
 * Who owns the names whose signals are believed, on one connection to the bus.
 *
 * A match rule keeps strangers' broadcasts away, but not a signal that is addressed to us: the shipped policy lets
 * every user of the host send one. What cannot be forged is the sender's unique name, which the bus itself writes on
 * each message.
 *
 * No genuine signal is missed at the start: the bus handles our messages in order and answers in order, and the owner
 * is asked for before the first rule that lets signals of its come. A change of owner is told before the new owner's
 * first signal, since it is the bus that does both.
 */
import type { Message, MessageBus } from 'dbus-native';

/** The bus itself: the one sender with a well-known name on its messages. */
export const DBUS = 'org.freedesktop.DBus';
const NO_OWNER = `${DBUS}.Error.NameHasNoOwner`;

export interface NameOwners {
  /** Asks for the owner of a name, now and whenever it changes. To be called before signals of its are asked for. */
  follow(name: string): void;
  /** To be told of every signal before it is handed on. */
  hear(message: Message): void;
  /** Whether the owner of the name has sent this. */
  isFrom(name: string, message: Message): boolean;
}

/** @param onUnknown the bus would not say who owns a name: nothing of it can be believed on this connection */
export function followOwners(bus: MessageBus, onUnknown: (detail: string) => void): NameOwners {
  const owners = new Map<string, string | null>();
  return {
    follow(name) {
      if (name === DBUS || owners.has(name)) return;
      owners.set(name, null);
      bus.addMatch(
        `type='signal',sender='${DBUS}',interface='${DBUS}',member='NameOwnerChanged',arg0='${name}'`,
        () => {},
      );
      // By callback: it runs as the reply is read, in its order among the signals. A promise would be late.
      bus.invokeDbus({ member: 'GetNameOwner', signature: 's', body: [name] }, (error, reply) => {
        const owner: unknown = reply;
        if (typeof owner === 'string') owners.set(name, owner);
        else if (error && Reflect.get(error, 'dbusName') !== NO_OWNER) onUnknown(String(error));
      });
    },
    hear({ sender, interface: iface, member, body }) {
      if (sender !== DBUS || iface !== DBUS || member !== 'NameOwnerChanged') return;
      const [name, , owner] = (body ?? []) as readonly unknown[];
      if (typeof name !== 'string') return;
      if (owners.has(name)) owners.set(name, typeof owner === 'string' && owner !== '' ? owner : null);
    },
    isFrom(name, { sender }) {
      if (typeof sender !== 'string') return false;
      return sender === (name === DBUS ? DBUS : owners.get(name));
    },
  };
}
