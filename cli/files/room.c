#include <stdio.h>

#include "cli/files/progress.h"
#include "cli/files/room.h"
#include "cli/text/text.h"

enum err
room_code(const struct rec *r)
{
    const uint64_t code = record_uint(r, "room_code");

    return code == E_PARCEL_ROOM || code == E_QUOTA ? (enum err)code : OK;
}

void
room_text(const struct rec *r, char out[static ROOM_TEXT_MAX])
{
    char need[PROGRESS_BYTES_MAX], left[PROGRESS_BYTES_MAX];

    progress_bytes(record_uint(r, "room_need"), need);
    progress_bytes(record_uint(r, "room_left"), left);
    out[0] = '\0';
    if (room_code(r) == E_PARCEL_ROOM)
        (void)snprintf(out, ROOM_TEXT_MAX, _("its files need %s and your node "
            "has room for %s: they wait until its administrator makes room"),
            need, left);
    else if (room_code(r) == E_QUOTA)
        (void)snprintf(out, ROOM_TEXT_MAX, _("its files need %s and your node "
            "takes %s more of this sender unopened (peer_room): they wait "
            "until messages of this sender that are still unread are opened: "
            "valise inbox"), need, left);
}
