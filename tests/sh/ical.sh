#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Events of iCalendar files are those of a table of the same dates.
. tests/sh/setup.bash
cd "$work" || exit 1
seq -f '2022-01-01 + %g days' 0 799 | LC_ALL=C TZ=UTC date -f - +%F >days
LC_ALL=C awk 'BEGIN { print "id,ds,y" }
	{ print "a," $1 "," 1000 + 37 * (NR * 7 % 11) + 90 * (NR % 7) }' days >in.csv
calendar() { # LINES...: of events
	printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//test//EN "$@" END:VCALENDAR
}
event() { # SUMMARY LINES...
	local name=$1
	shift
	printf '%s\n' BEGIN:VEVENT "UID:$name@test" DTSTAMP:20200101T000000Z \
		"SUMMARY:$name" "$@" END:VEVENT
}
mapfile -t lines < <(
	event 'New Year\, again' DTSTART\;VALUE=DATE:20100101 DTEND\;VALUE=DATE:20100102 \
		RRULE:FREQ=YEARLY
	event Thanksgiving DTSTART\;VALUE=DATE:20151126 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH'
	event Fair DTSTART\;VALUE=DATE:20220610 DTEND\;VALUE=DATE:20220613 \
		'RRULE:FREQ=MONTHLY;COUNT=6' EXDATE\;VALUE=DATE:20220810 RDATE\;VALUE=DATE:20240225
	event Show DTSTART:20230505T180000 DTEND:20230505T220000
	event Cancelled DTSTART\;VALUE=DATE:20230303 STATUS:CANCELLED
	event Long-ago DTSTART\;VALUE=DATE:19990303
)
calendar "${lines[@]}" | sed 's/4TH/4TH/' >holidays.ics
cat >holidays.csv <<-END
	event,from,to
	"New Year, again",2022-01-01,
	"New Year, again",2023-01-01,
	"New Year, again",2024-01-01,
	"New Year, again",2025-01-01,
	Thanksgiving,2022-11-24,
	Thanksgiving,2023-11-23,
	Fair,2022-06-10,2022-06-12
	Fair,2022-07-10,2022-07-12
	Fair,2022-09-10,2022-09-12
	Fair,2022-10-10,2022-10-12
	Fair,2022-11-10,2022-11-12
	Fair,2024-02-25,2024-02-27
	Show,2023-05-05,
END
run() { # FILE OUT
	"$nightcast" forecast -H 60 -m snaive in.csv --events "$1" -o "$2" --effects "$2.effects" \
		"${@:3}" 2>stderr
}
if ! run holidays.ics a; then
	if grep -qE 'libical, which reads calendars' stderr; then
		echo "skip: $(cat stderr)"
		exit 0
	fi
	fail "$(cat stderr)"
fi
grep -q 'holidays.ics: 1[0-9] events of 4 names' stderr || fail "$(cat stderr)"
run holidays.csv b || fail "$(cat stderr)"
cmp a b && cmp a.effects b.effects || fail "a calendar is not the table: $(diff a.effects b.effects)"
# long lines are folded, and a file may be compressed
sed 's/^SUMMARY:Thanks/&\r\n /' holidays.ics | gzip >folded.ics
run folded.ics a || fail "$(cat stderr)"
cmp a b || fail "folded or compressed"

# what calendars cannot say is said beside them
sed '1s/$/,as/; s/^Fair.*/&,own/; s/^Show.*/&,ignore/; s/^\("New\|Thanks\).*/&,Sunday/' holidays.csv >as.csv
run as.csv b || fail "$(cat stderr)"
run holidays.ics a --events-as sunday,Fair=own,Show=ignore || fail "$(cat stderr)"
cmp a b && cmp a.effects b.effects || fail "--events-as is not the column: $(diff a.effects b.effects)"
sed -i 's/^\("New.*\),Sunday/\1,mon/' as.csv
run as.csv b || fail "$(cat stderr)"
run holidays.ics a --events-as 'Show=ignore, New Year, again = Mon ,Thanksgiving=Sun' || fail "$(cat stderr)"
cmp a b || fail "--events-as by names"
run as.csv a --events-as Tue || fail "$(cat stderr)"
cmp a b || fail "--events-as counts over the file"
run as.csv a --events-as Thanksgiving=own && cmp -s a b && fail "--events-as by name does not count over the file"
run holidays.ics a --events-as Halloween=Sunday && fail "no such event"
grep -q "holidays.ics: --events-as: no event in the time of the input is called 'Halloween'" stderr ||
	fail "$(cat stderr)"
for wrong in '' Sonntag 'Fair=' '=Sunday' 'Sunday,' 'Sunday,Fair' ',Sunday'; do
	run holidays.ics a --events-as "$wrong"
	[ $? -eq 2 ] && grep -q 'events-as' stderr || fail "--events-as '$wrong': $(cat stderr)"
done
"$nightcast" forecast -H 6 in.csv --events-as Sunday 2>stderr
[ $? -eq 2 ] && grep -q 'events-as needs --events' stderr || fail "--events-as alone"

bad() { # WORDS FILE
	run "$2" a && fail "no error: $1"
	grep -qE -- "$1" stderr || fail "no '$1': $(cat stderr)"
}
echo event,date >table.ics
bad 'table.ics: is not one iCalendar' table.ics
calendar >empty.ics
bad 'empty.ics: there are no events' empty.ics
mapfile -t lines < <(event '' DTSTART\;VALUE=DATE:20220101)
calendar "${lines[@]}" >nameless.ics
bad 'an event has no SUMMARY' nameless.ics
mapfile -t lines < <(event x)
calendar "${lines[@]}" >undated.ics
bad "'x' has no DTSTART" undated.ics
mapfile -t lines < <(event x DTSTART:20220101T000000 RRULE:FREQ=SECONDLY)
calendar "${lines[@]}" >often.ics
bad "'x' recurs more often than daily" often.ics
mapfile -t lines < <(event x DTSTART\;VALUE=DATE:19990303)
calendar "${lines[@]}" >old.ics
bad 'no event is in the time of the input, 2022-01-01 to 2024-03-10' old.ics
head -c 300 holidays.ics >cut.ics
run cut.ics a # whatever it says, it ends
bad 'nowhere.ics' nowhere.ics
finish
