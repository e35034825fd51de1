/*
 * crossing: the frames between the nodes a and b of a fixture, which is
 * included before, one message at a time.
 */
#ifndef TESTS_CROSSING_H
#define TESTS_CROSSING_H

#define SETTLE_MAX 100

static inline bool
is_deliver(const struct outgoing *o)
{
    return o->bytes.n > 5 && o->bytes.p[5] == PACKET_DELIVER;
}

/* The first frame between a and b that is a DELIVER, or that is none. */
static inline bool
carry_between(struct world *from, struct world *to, bool deliver)
{
    struct outgoing **at = &from->out, *o;

    while (*at != NULL && (is_deliver(*at) != deliver ||
        strcmp((*at)->to.who, to->name) != 0))
        at = &(*at)->next;
    if ((o = *at) == NULL)
        return false;
    *at = o->next;
    o->next = NULL;
    world_hand(from, to, &o->to, slice_of_buf(&o->bytes));
    outgoing_free(o);
    return true;
}

/* Everything but messages. */
static inline void
talk(void)
{
    for (size_t i = 0; i < SETTLE_MAX; i++) {
        bool some = carry_between(a, b, false);

        some |= carry_between(b, a, false);
        if (!some)
            return;
    }
    cr_assert_fail("the nodes talk without end");
}

static inline void
cut(void)
{
    outgoing_free(a->out);
    outgoing_free(b->out);
    a->out = b->out = NULL;
    world_unlink(a, b);
    outgoing_free(a->out);
    outgoing_free(b->out);
    a->out = b->out = NULL;
}

static inline void
link_up(void)
{
    world_link(a, b);
    talk();
}

/* The node stops as in a power cut, and is there again. */
static inline void
restart(struct world *w)
{
    cut();
    world_close(w);
    world_open(w);
    link_up();
}

/* The next queued message of one side arrives and is answered. */
static inline void
arrive(struct world *from, struct world *to, bool lose)
{
    if (!carry_between(from, to, true)) {
        world_tick(from);
        talk();
        cr_assert(carry_between(from, to, true), "%s has nothing to send",
            from->name);
    }
    if (lose) {
        cut();
        link_up();
        cr_assert(carry_between(from, to, true), "%s does not send it again",
            from->name);
    }
    talk();
}

#endif
