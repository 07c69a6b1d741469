/** Where firewalld is on the bus (firewalld.dbus(5)). */
export const FIREWALLD = 'org.fedoraproject.FirewallD1';
export const FIREWALLD_PATH = '/org/fedoraproject/FirewallD1';
