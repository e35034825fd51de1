/*
 * commands: the rows of all commands, each defined in the file of its
 * command, and the table of them in the order of `valise help`.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command/command.h"

extern const struct command command_new;
extern const struct command command_draft;
extern const struct command command_check;
extern const struct command command_send;
extern const struct command command_offer;
extern const struct command command_approve;
extern const struct command command_return;
extern const struct command command_inbox;
extern const struct command command_read;
extern const struct command command_do;
extern const struct command command_ack;
extern const struct command command_reply;
extern const struct command command_clarify;
extern const struct command command_question;
extern const struct command command_delay;
extern const struct command command_pre_refusal;
extern const struct command command_conditions;
extern const struct command command_accept;
extern const struct command command_decline;
extern const struct command command_refuse;
extern const struct command command_remind;
extern const struct command command_feedback;
extern const struct command command_withdraw;
extern const struct command command_recall;
extern const struct command command_consent_ask;
extern const struct command command_consent_grant;
extern const struct command command_consent_refuse;
extern const struct command command_consent_revoke;
extern const struct command command_consent_list;
extern const struct command command_forward;
extern const struct command command_close;
extern const struct command command_formalise;
extern const struct command command_next_step;
extern const struct command command_may;
extern const struct command command_use;
extern const struct command command_print;
extern const struct command command_export;
extern const struct command command_save;
extern const struct command command_transfers;
extern const struct command command_custody;
extern const struct command command_certify_origin;
extern const struct command command_verify_origin;
extern const struct command command_hand_over;
extern const struct command command_hold;
extern const struct command command_destroy;
extern const struct command command_cancel;
extern const struct command command_due;
extern const struct command command_track;
extern const struct command command_thread;
extern const struct command command_explain;
extern const struct command command_status;
extern const struct command command_officer_add;
extern const struct command command_officer_list;
extern const struct command command_officer_revoke;
extern const struct command command_keeper_epochs;
extern const struct command command_keeper_card;
extern const struct command command_peer_add;
extern const struct command command_peer_list;
extern const struct command command_peer_show;
extern const struct command command_peer_remove;
extern const struct command command_peer_contact;
extern const struct command command_audit_export;
extern const struct command command_audit_verify;
extern const struct command command_audit_show;
extern const struct command command_stats;
extern const struct command command_help;
extern const struct command command_version;
extern const struct command command_authority_new;
extern const struct command command_authority_certify;
extern const struct command command_authority_profile;
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
