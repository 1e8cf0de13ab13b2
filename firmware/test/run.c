/* Runs the tests in C: `run VECTORS`, the file of golden and damaged frames. Exit code 1 if anything
   failed. */
#include <stdio.h>

#include "check.h"

static const char *told = "";
static int checks, failures;

void check(bool holds, const char *what, const char *file, int line)
{
    checks++;
    if (!holds) {
        failures++;
        if (failures <= 20)
            printf("%s:%d: in \"%s\": %s\n", file, line, told, what);
    }
}

void story(const char *name)
{
    told = name;
    printf("%s\n", name);
}

int main(int count, char **words)
{
    if (count != 2) {
        fputs("usage: run VECTORS\n", stderr);
        return 2;
    }
    test_frames(words[1]);
    test_inputs();
    test_lights();
    test_hosts();
    test_answers();
    printf("%d checks, %d failures\n", checks, failures);
    return failures || !checks;
}
