/*
 * version: of the programs.  The protocol has its own: version 1.
 */
#ifndef PROTO_VERSION_H
#define PROTO_VERSION_H

#define VALISE_VERSION "0.5.0"

#endif
