/*
 * Growable arrays of any type: struct { T *items; size_t n, room; }. Memory is the heap's: release it, or take it.
 */
#ifndef TL_BASE_VEC_H
#define TL_BASE_VEC_H

#include "base/mem.h"

#include <stddef.h>

#define TL_VEC(type)                                                                     \
    struct {                                                                             \
        type *items;                                                                     \
        size_t n, room;                                                                  \
    }

/* Makes room for one more. */
#define tl_vec_grow(v)                                                                   \
    ((v)->n < (v)->room                                                                  \
         ? (void)0                                                                       \
         : (void)((v)->room = (v)->room ? (v)->room * 2 : 8,                             \
                  (v)->items = tl_realloc((v)->items, (v)->room, sizeof *(v)->items)))

/* Appends a value. */
#define tl_vec_push(v, value) (tl_vec_grow(v), (void)((v)->items[(v)->n++] = (value)))

/* Frees the items and empties the vector. */
#define tl_vec_release(v)                                                                \
    (tl_free((v)->items), (v)->items = NULL, (void)((v)->n = (v)->room = 0))

#endif
