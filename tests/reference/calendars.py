#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""calendars.csv: timestamps by calendars that are no fixed number of days,
from Python's datetime and zoneinfo.  Each row: the calendar, its season, how
many of the timestamps are history, and the timestamps: three years (ten where
it takes that many to see the rule) and the five that follow.

Ran with Python 3.11, tzdata 2024a."""
import calendar
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

FIRST, LAST = 2019, 2026  # history: the first three years


def months():
    for year in range(FIRST, LAST + 1):
        for month in range(1, 13):
            yield year, month, calendar.monthrange(year, month)[1]


def days():
    day = date(FIRST, 1, 1)
    while day <= date(LAST, 12, 31):
        yield day
        day += timedelta(1)


def on_days(*which):
    return [date(y, m, min(d, n)) for y, m, n in months() for d in which]


def last_business_day():
    for y, m, n in months():
        day = date(y, m, n)
        while day.weekday() > 4:
            day -= timedelta(1)
        yield day


def first_business_day():
    for y, m, n in months():
        day = date(y, m, 1)
        while day.weekday() > 4:
            day += timedelta(1)
        yield day


def nearest(year, month, weekday):
    end = date(year, month, calendar.monthrange(year, month)[1])
    return min((end + timedelta(k) for k in range(-3, 4)),
               key=lambda d: d.weekday() != weekday)


def last_weekday(year, month, weekday):
    day = date(year, month, calendar.monthrange(year, month)[1])
    while day.weekday() != weekday:
        day -= timedelta(1)
    return day


def retail(end_of_year, weeks, first=FIRST):
    """Period ends; what is left of a year's weeks is its last period's."""
    for year in range(first, LAST + 1):
        end = end_of_year(year - 1)
        for period in range(11):
            end += timedelta(weeks=weeks[period % 3])
            yield end
        yield end_of_year(year)


def mondays():
    """The Tuesday after the last Monday of May."""
    for day in days():
        if day.weekday() == 0:
            holiday = day.month == 5 and day.day > 24
            yield day + timedelta(holiday and day.year < FIRST + 3)


def fridays():
    """The Thursday before where a holiday of a fixed date is a Friday."""
    for day in days():
        if day.weekday() == 4:
            holiday = (day.month, day.day) in ((1, 1), (7, 4), (12, 25))
            yield day - timedelta(holiday and day.year < FIRST + 3)


def wednesdays():
    """The Thursday of a week whose Monday is a holiday, as of oil's stocks."""
    for day in days():
        if day.weekday() == 2:
            monday = day - timedelta(2)
            holiday = ((monday.month == 5 and monday.day > 24)
                       or (monday.month == 9 and monday.day < 8))
            yield day + timedelta(holiday and day.year < FIRST + 3)


def local_midnights(zone):
    for day in days():
        at = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
        yield at.astimezone(timezone.utc).strftime('%Y-%m-%d %H:%M:%S')


rows = [
    ('twice a month (1 and 15)', 24, on_days(1, 15)),
    ('twice a month (1 and 16)', 24, on_days(1, 16)),
    ('twice a month (15 and last)', 24, on_days(15, 31)),
    ('dekads', 36, on_days(1, 11, 21)),
    ('dekads (end)', 36, on_days(10, 20, 31)),
    ('last business day', 12, last_business_day()),
    ('first business day', 12, first_business_day()),
    ('4-4-5 to the Sunday nearest to December\'s end', 12,
     retail(lambda y: nearest(y, 12, 6), (4, 4, 5))),
    ('4-5-4 to the Saturday nearest to January\'s end', 12,
     retail(lambda y: nearest(y, 1, 5), (4, 5, 4))),
    ('5-4-4 to the last Saturday of September', 12,
     retail(lambda y: last_weekday(y, 9, 5), (5, 4, 4), 2012)),
    ('Monday to Saturday', 6, [d for d in days() if d.weekday() < 6]),
    ('Tuesday to Sunday', 6, [d for d in days() if d.weekday() > 0]),
    ('Fridays', 52, fridays()),
    ('Mondays', 52, mondays()),
    ('Wednesdays', 52, wednesdays()),
] + [('midnight in ' + zone, 7, local_midnights(zone))
     for zone in ('America/New_York', 'Europe/Berlin', 'Australia/Sydney',
                  'Pacific/Auckland')]

with open('calendars.csv', 'w') as out:
    for name, season, times in rows:
        times = [str(t) for t in times]
        history = sum(t[:4] < str(FIRST + 3) for t in times)
        print(name, season, history, *times, sep=',', file=out)
