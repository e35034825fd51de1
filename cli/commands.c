#include "cli/commands.h"

const struct command *const commands_all[] = {
    &command_draft,
    &command_check,
    &command_explain,
    &command_unlock,
    &command_lock,
    &command_help,
    NULL
};
