#include "cli/commands.h"

const struct command *const commands_all[] = {
    &command_draft,
    &command_check,
    &command_explain,
    &command_authority_new,
    &command_authority_certify,
    &command_node_new,
    &command_node_install,
    &command_key_new,
    &command_key_trust,
    &command_key_show,
    &command_unlock,
    &command_lock,
    &command_help,
    NULL
};
