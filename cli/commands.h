/*
 * commands: the rows of all commands, each defined in the file of its
 * command, and the table of them in the order of `valise help`.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

extern const struct command command_draft;
extern const struct command command_check;
extern const struct command command_explain;
extern const struct command command_help;
extern const struct command command_authority_new;
extern const struct command command_authority_certify;
extern const struct command command_node_new;
extern const struct command command_node_install;
extern const struct command command_key_new;
extern const struct command command_key_trust;
extern const struct command command_key_show;
extern const struct command command_unlock;
extern const struct command command_lock;

/* Ends with NULL. */
extern const struct command *const commands_all[];

#endif
