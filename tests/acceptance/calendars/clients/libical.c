/* What libical (Evolution's, and Cyrus's library) sees of a calendar: one JSON object a line for each event,
 * and before them one with what its restriction check says (RFC 5545 3.6, RFC 5546 3). */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void quoted(const char *value) {
    printf("\"");
    for (const unsigned char *c = (const unsigned char *)(value ? value : ""); *c; c++) {
        if (*c == '"' || *c == '\\') printf("\\%c", *c);
        else if (*c < 0x20) printf("\\u%04x", *c);
        else putchar(*c);
    }
    printf("\"");
}

static void text(const char *name, const char *value) {
    printf(", \"%s\": ", name);
    quoted(value);
}

static void moment(const char *name, struct icaltimetype at) {
    char written[40] = "";
    if (icaltime_is_null_time(at)) { text(name, ""); return; }
    if (at.is_date) snprintf(written, sizeof written, "%04d-%02d-%02d", at.year, at.month, at.day);
    else {
        /* A time of no zone stays without a Z: nobody knows when that is. */
        int known = at.zone != NULL;
        if (known) at = icaltime_convert_to_zone(at, icaltimezone_get_utc_timezone());
        snprintf(written, sizeof written, "%04d-%02d-%02dT%02d:%02d:%02d%s", at.year, at.month, at.day, at.hour,
                 at.minute, at.second, known ? "Z" : "");
    }
    text(name, written);
}

static const char *own(icalcomponent *event, icalproperty_kind kind) {
    icalproperty *found = icalcomponent_get_first_property(event, kind);
    return found ? icalproperty_get_value_as_string(found) : "";
}

static void complaints(icalcomponent *part, const char **between) {
    for (icalproperty *p = icalcomponent_get_first_property(part, ICAL_XLICERROR_PROPERTY); p;
         p = icalcomponent_get_next_property(part, ICAL_XLICERROR_PROPERTY)) {
        printf("%s", *between);
        quoted(icalproperty_get_xlicerror(p));
        *between = ", ";
    }
    for (icalcomponent *c = icalcomponent_get_first_component(part, ICAL_ANY_COMPONENT); c;
         c = icalcomponent_get_next_component(part, ICAL_ANY_COMPONENT))
        complaints(c, between);
}

int main(int count, char **words) {
    FILE *file = count == 2 ? fopen(words[1], "rb") : NULL;
    if (!file) { fprintf(stderr, "usage: libical FILE\n"); return 2; }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *bytes = malloc((size_t)size + 1);
    size_t got = fread(bytes, 1, (size_t)size, file);
    bytes[got] = 0;
    fclose(file);
    if (strlen(bytes) != got) { printf("{\"valid\": false, \"complaints\": [\"a NUL\"]}\n"); return 0; }
    icalcomponent *calendar = icalparser_parse_string(bytes);
    if (!calendar || icalcomponent_isa(calendar) != ICAL_VCALENDAR_COMPONENT) {
        printf("{\"valid\": false, \"complaints\": [\"no calendar\"]}\n");
        return 0;
    }
    int valid = icalrestriction_check(calendar);
    int errors = icalcomponent_count_errors(calendar);
    const char *between = "";
    printf("{\"valid\": %s, \"complaints\": [", valid && !errors ? "true" : "false");
    complaints(calendar, &between);
    printf("]}\n");
    for (icalcomponent *e = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); e;
         e = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
        icalproperty *description = icalcomponent_get_first_property(e, ICAL_DESCRIPTION_PROPERTY);
        icalproperty *location = icalcomponent_get_first_property(e, ICAL_LOCATION_PROPERTY);
        icalproperty *url = icalcomponent_get_first_property(e, ICAL_URL_PROPERTY);
        printf("{\"seen\": true");
        text("uid", icalcomponent_get_uid(e));
        moment("start", icalcomponent_get_dtstart(e));
        moment("end", icalcomponent_get_dtend(e));
        text("title", icalcomponent_get_summary(e));
        text("description", description ? icalproperty_get_description(description) : "");
        text("location", location ? icalproperty_get_location(location) : "");
        text("url", url ? icalproperty_get_url(url) : "");
        text("status", own(e, ICAL_STATUS_PROPERTY));
        printf("}\n");
    }
    return 0;
}
