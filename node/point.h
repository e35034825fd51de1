#ifndef NODE_POINT_H
#define NODE_POINT_H
#define POINT(name) ((void)0)
#endif
