/*
 * notify: tells the service manager how the daemon is (sd_notify(3)).
 */
#ifndef NODE_NOTIFY_H
#define NODE_NOTIFY_H

/*
 * notify_send(text):
 * Send text, such as "READY=1", to the socket that NOTIFY_SOCKET names.
 * Without one nothing happens, and nothing waits.
 */
void notify_send(const char *text);

/*
 * notify_alive():
 * The watchdog's sign of life, where the service manager asked for it.
 */
void notify_alive(void);

#endif
