/* A sound card that no machine here has, for the real ALSA library: what is played goes into a file, what is heard is
 * a tone, both as fast as the clock goes; while the file of its plug is not there, all of it fails as the kernel has it
 * fail for a card that was pulled out (ENODEV). Built and configured by sound_card.py. One channel, 16 bits. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>

/* How often whoever waits for the card is woken. */
#define WAKES_NS 5000000L
#define LOUDNESS 8000

struct card {
    snd_pcm_ioplug_t io;
    int file;
    char *plug;
    double hertz;
    uint64_t spoken;
    int64_t started_ns;
    snd_pcm_sframes_t at;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static bool is_out(const char *plug)
{
    return access(plug, F_OK) != 0;
}

static int start(snd_pcm_ioplug_t *io)
{
    struct card *card = io->private_data;
    card->started_ns = now_ns();
    struct itimerspec wakes = {{0, WAKES_NS}, {0, WAKES_NS}};
    return timerfd_settime(io->poll_fd, 0, &wakes, NULL);
}

static int stop(snd_pcm_ioplug_t *io)
{
    struct itimerspec never = {{0, 0}, {0, 0}};
    return timerfd_settime(io->poll_fd, 0, &never, NULL);
}

static snd_pcm_sframes_t pointer(snd_pcm_ioplug_t *io)
{
    struct card *card = io->private_data;
    if (!is_out(card->plug))
        card->at = (now_ns() - card->started_ns) * io->rate / 1000000000LL % io->buffer_size;
    else
        /* An error of this function would be taken for an underrun. */
        snd_pcm_ioplug_set_state(io, SND_PCM_STATE_DISCONNECTED);
    return card->at;
}

static snd_pcm_sframes_t transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas, snd_pcm_uframes_t offset,
                                  snd_pcm_uframes_t count)
{
    struct card *card = io->private_data;
    if (is_out(card->plug))
        return -ENODEV;
    int16_t *samples = (int16_t *)((char *)areas->addr + areas->first / 8) + offset;
    if (io->stream == SND_PCM_STREAM_PLAYBACK)
        return write(card->file, samples, 2 * count) < 0 ? -errno : (snd_pcm_sframes_t)count;
    for (snd_pcm_uframes_t i = 0; i < count; i++)
        samples[i] = (int16_t)(LOUDNESS * sin(2 * M_PI * card->hertz * (double)card->spoken++ / io->rate));
    return (snd_pcm_sframes_t)count;
}

static int revents(snd_pcm_ioplug_t *io, struct pollfd *descriptors, unsigned int count, unsigned short *events)
{
    struct card *card = io->private_data;
    (void)count;
    uint64_t wakes;
    bool woken = descriptors->revents & POLLIN && read(io->poll_fd, &wakes, sizeof wakes) > 0;
    bool ready = woken && snd_pcm_avail_update(io->pcm) > 0;
    *events = !ready ? 0 : io->stream == SND_PCM_STREAM_PLAYBACK ? POLLOUT : POLLIN;
    if (is_out(card->plug))
        *events = POLLERR;
    return 0;
}

static int shut(snd_pcm_ioplug_t *io)
{
    struct card *card = io->private_data;
    close(card->file);
    close(io->poll_fd);
    free(card->plug);
    free(card);
    return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
    .start = start,
    .stop = stop,
    .pointer = pointer,
    .transfer = transfer,
    .poll_revents = revents,
    .close = shut,
};

SND_PCM_PLUGIN_DEFINE_FUNC(desk_card)
{
    (void)root;
    const char *file = NULL, *plug = NULL;
    long hertz = 0;
    snd_config_iterator_t at, next;
    snd_config_for_each(at, next, conf)
    {
        snd_config_t *setting = snd_config_iterator_entry(at);
        const char *id;
        if (snd_config_get_id(setting, &id) < 0)
            continue;
        if (!strcmp(id, "file"))
            snd_config_get_string(setting, &file);
        else if (!strcmp(id, "plug"))
            snd_config_get_string(setting, &plug);
        else if (!strcmp(id, "hertz"))
            snd_config_get_integer(setting, &hertz);
    }
    if (!file || !plug)
        return -EINVAL;
    if (is_out(plug))
        return -ENODEV;
    struct card *card = calloc(1, sizeof *card);
    if (!card || !(card->plug = strdup(plug)))
        return -ENOMEM;
    card->hertz = (double)hertz;
    card->file = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    card->io.version = SND_PCM_IOPLUG_VERSION;
    card->io.name = "a desk's sound card";
    card->io.callback = &callbacks;
    card->io.private_data = card;
    card->io.poll_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    card->io.poll_events = POLLIN;
    int failed = snd_pcm_ioplug_create(&card->io, name, stream, mode);
    if (failed < 0)
        return failed;
    static const unsigned int access[] = {SND_PCM_ACCESS_RW_INTERLEAVED}, format[] = {SND_PCM_FORMAT_S16_LE};
    snd_pcm_ioplug_set_param_list(&card->io, SND_PCM_IOPLUG_HW_ACCESS, 1, access);
    snd_pcm_ioplug_set_param_list(&card->io, SND_PCM_IOPLUG_HW_FORMAT, 1, format);
    snd_pcm_ioplug_set_param_minmax(&card->io, SND_PCM_IOPLUG_HW_CHANNELS, 1, 1);
    snd_pcm_ioplug_set_param_minmax(&card->io, SND_PCM_IOPLUG_HW_RATE, 8000, 48000);
    *pcmp = card->io.pcm;
    return 0;
}

SND_PCM_PLUGIN_SYMBOL(desk_card);
