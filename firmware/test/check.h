/* A small bench for the tests in C: stories with names, and checks that say what did not hold. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>

/* Notes a failure, and goes on, if this does not hold. */
#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)

void check(bool holds, const char *what, const char *file, int line);

/* Begins a story: what is checked from here on. */
void story(const char *name);

/* One file each. */
void test_frames(const char *vectors);
void test_inputs(void);
void test_lights(void);
void test_hosts(void);
void test_answers(void);

#endif
