#include "cli/form/rule_layers.h"

#include "cli/text/text.h"

#define ONWARD_LAW "UNCAC 46(5), 46(19)"

const struct rule_layer rule_layers[] = {
    { 1, N_("both sides"), N_("default of this project"), NULL, OK },
    { 2, N_("both sides"), N_("default of this project"), NULL, OK },
    { 3, N_("the node that receives"), N_("default of this project"), NULL,
      OK },
    { 4, N_("both sides"), N_("default of this project"), NULL, OK },
    { 42, N_("whoever receives it"), N_("default of this project"), NULL,
      OK },
    { 43, N_("whoever opens or uses it"), ONWARD_LAW, NULL, OK },
    { 44, N_("whoever opens or uses it"), ONWARD_LAW, NULL, OK },
    { 45, N_("whoever opens or uses it"), ONWARD_LAW, NULL, OK },
    { 50, N_("both sides"), N_("default of this project"), NULL, OK },
    { 53, N_("both sides' clients"), "UNCAC 46(23)", NULL, OK },
    { 65, N_("the node and client of the third authority"), ONWARD_LAW,
      N_("What was passed on carries the originator's signed consent, and "
      "whoever gets it checks that against its own directory."),
      E_SIGNATURE },
    { 65, N_("whoever opens or uses it"), ONWARD_LAW,
      N_("The originator is named to people as its limits say; nodes always "
      "see it."), E_ATTRIBUTION },
    { 66, N_("both sides"), ONWARD_LAW,
      N_("A copy that was passed on goes no further, unless the consent says "
      "so; a further consent is asked through who passed it on."),
      E_RESTR_WIDENED },
    { 67, N_("the originator"), N_("default of this project"),
      N_("A consent is decided in 10 days, 5 if PRIORITY, 48 hours if URGENT "
      "and 8 if IMMEDIATE; a missed date alerts and grants nothing."),
      A_OVERDUE },
    { 69, N_("who holds the content"), ONWARD_LAW,
      N_("A revoked consent ends future use; from whom it names, the holder "
      "calls back what was passed on."), E_CONSENT_REVOKED },
    { 91, N_("the node that receives"), N_("default of this project"), NULL,
      OK },
};
const size_t rule_layers_n = sizeof(rule_layers) / sizeof(rule_layers[0]);
