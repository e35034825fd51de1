#include "cli/commands.h"

const struct command *const commands_all[] = {
    &command_inbox,
    &command_read,
    &command_next_step,
    &command_may,
    &command_thread,
    &command_ack,
    &command_reply,
    &command_clarify,
    &command_close,
    &command_new,
    &command_draft,
    &command_check,
    &command_send,
    &command_approve,
    &command_return,
    &command_explain,
    &command_help,
    NULL
};
