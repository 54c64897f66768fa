/* embed.c - writes files into one C source, so that the program carries them.
 *
 * usage: embed OUTPUT [NAME PATH]…
 * Runs at build time only. The output defines lm_embedded_files (src/base/embedded.h).
 */
#include <stdio.h>

static int write_bytes(FILE *in, FILE *out)
{
    unsigned column = 0;
    for (int c = fgetc(in); c != EOF; c = fgetc(in)) {
        if (column == 0)
            (void)fputs("    \"", out);
        if (c == '\n')
            (void)fputs("\\n", out);
        else if (c < 0x20 || c > 0x7e || c == '"' || c == '\\' || c == '?') /* '?': no trigraphs */
            (void)fprintf(out, "\\%03o", (unsigned)c);
        else
            (void)fputc(c, out);
        if (++column == 100 || c == '\n') {
            (void)fputs("\"\n", out);
            column = 0;
        }
    }
    if (column != 0)
        (void)fputs("\"\n", out);
    return ferror(in);
}

static int write_all(FILE *out, int n, char **pairs)
{
    (void)fputs("/* Made by packaging/embed.c. */\n#include \"base/embedded.h\"\n\n", out);
    for (int i = 0; i < n; i++) {
        FILE *in = fopen(pairs[2 * i + 1], "rb");
        if (in == NULL) {
            (void)fprintf(stderr, "embed: cannot open %s\n", pairs[2 * i + 1]);
            return 1;
        }
        (void)fprintf(out, "static const char file_%d[] =\n    \"\"\n", i);
        int bad = write_bytes(in, out);
        (void)fputs("    ;\n", out);
        if (fclose(in) != 0 || bad) {
            (void)fprintf(stderr, "embed: cannot read %s\n", pairs[2 * i + 1]);
            return 1;
        }
    }
    (void)fputs("\nconst struct lm_embedded_file lm_embedded_files[] = {\n", out);
    for (int i = 0; i < n; i++)
        (void)fprintf(out, "    { { \"%s\", sizeof \"%s\" - 1 }, { file_%d, sizeof file_%d - 1 } },\n",
                      pairs[2 * i], pairs[2 * i], i, i);
    (void)fputs("    { { 0, 0 }, { 0, 0 } },\n};\n", out);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc % 2 != 0) {
        (void)fputs("usage: embed OUTPUT [NAME PATH]...\n", stderr);
        return 2;
    }
    FILE *out = fopen(argv[1], "wb");
    if (out == NULL) {
        (void)fprintf(stderr, "embed: cannot write %s\n", argv[1]);
        return 1;
    }
    int bad = write_all(out, (argc - 2) / 2, argv + 2);
    bad |= ferror(out) != 0;
    return fclose(out) != 0 || bad;
}
