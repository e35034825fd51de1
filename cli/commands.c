#include "cli/commands.h"

const struct command *const commands_all[] = {
    &command_draft,
    &command_check,
    &command_explain,
    &command_status,
    &command_officer_add,
    &command_officer_list,
    &command_officer_revoke,
    &command_keeper_epochs,
    &command_peer_add,
    &command_peer_list,
    &command_peer_show,
    &command_peer_remove,
    &command_help,
    NULL
};
