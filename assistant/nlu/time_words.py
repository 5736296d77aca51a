"""The words in which people tell time: units, numbers, phrases, and what around a measure settles which of the two times it is.

All patterns are of `Reading.text`, where a space stands before and after each word (durations.py).
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["bout", "since", "duration"]

SECOND, MINUTE, HOUR, DAY, WEEK = 1.0, 60.0, 3600.0, 86400.0, 604800.0
UNITS = {
    r"s|secs?|seconds?": SECOND,
    r"mins?|minutes?": MINUTE,
    r"h|hrs?|hours?": HOUR,
    r"d|days?|nights?|evenings?": DAY,
    r"w|wks?|weeks?": WEEK,
    r"fortnights?": 2 * WEEK,
    r"mths?|months?|mo": 30 * DAY,
    r"yrs?|years?": 365 * DAY,
}
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "couple": 2, "two": 2, "few": 3, "three": 3, "four": 4, "five": 5, "several": 6, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "half": 0.5, "dozen": 12, "many": 10, "first": 1, "second": 2, "third": 3, "fourth": 4,
    "fifth": 5,
}  # fmt: skip
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
NUMBERS |= TENS
COMPOUND = rf"(?:{'|'.join(TENS)})(?: -)? (?:one|two|three|four|five|six|seven|eight|nine)"
# A bare plural ("for weeks") is more than one; these are the least that people mean by it, in its unit.
BARE = {SECOND: 5.0, MINUTE: 4.0, HOUR: 3.0, DAY: 3.0, WEEK: 3.0, 2 * WEEK: 2.0, 30 * DAY: 2.0, 365 * DAY: 2.0}
SHORTEST_MONTH = 28
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

UNIT = "|".join(UNITS)
NUMBER = rf"(?:\d+(?:[.,]\d+)?(?: ?(?:ish|st|nd|rd|th))?|{COMPOUND}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
MEASURE = re.compile(
    r" (?P<more>(?:more than|over|longer than|at least|well over|upwards of) )?"
    r"(?P<less>(?:less than|under|not even|nearly|almost) )?"
    r"(?:about |around |roughly |like |maybe |approx |only |just |the |past |last |a good |~ )*"
    # "twenty-three days" is not a range from twenty to three.
    rf"(?:(?!{COMPOUND} )(?P<low>{NUMBER}) (?:- |to |or |maybe |, )+)?"
    rf"(?P<number>{NUMBER})(?P<and_half> and a half)?(?: a| an| of)?"
    r"(?: good| more| odd| or two| or so| (?P<of>couple|few|dozen)(?: of)?| solid| full| whole)?"
    rf" (?P<unit>{UNIT})(?P<half> and a half)?(?P<or_two> or two)?(?= )"
)
# "for weeks", or nothing but "hours"; "on rest days" is no stretch of time.
BARE_PLURAL = re.compile(
    r"(?:^(?: (?:about|like|maybe|probably|just|only|its|mostly|literally|oh|sorry|ok|um|er|no|,|\.))*"
    r"| (?:for|lasts?|lasting|lasted|past|takes|been|goes on|like|over|many))"
    r" (?P<unit>secs|seconds|mins|minutes|hrs|hours|days|weeks|wks|months|years)(?= )"
)
PERCENT = re.compile(r" (?P<number>\d+) (?:%|percent|per cent) of (?:the |my |each |every )?(?P<unit>day|time|night)(?= )")
# What a phrase without a number means: kind, seconds.
PHRASES: tuple[tuple[str, Kind, float], ...] = (
    (r"(?:a|one|two|couple of|few) (?:breaths?|heartbeats?)", "bout", 3.0),
    (r"(?:a |one )?(?:split second|blink|moment|instant|flash)|momentar(?:y|ily)|very brief|really quick", "bout", 1.0),
    (r"some (?:secs|seconds)", "bout", 5.0),
    (r"half (?:an |a )?hour", "duration", 30 * MINUTE),
    (r"(?:a )?week and a half", "since", 10.5 * DAY),
    (r"(?:a )?minute and a half", "bout", 90.0),
    (r"(?:an )?hour and a half", "duration", 90 * MINUTE),
    (r"all night(?: long)?|the whole night|through the night", "duration", 8 * HOUR),
    (r"half (?:the|a) (?:night|day|evening|morning|afternoon)|(?:most of|all|the whole|the entire|all through|throughout) "
     r"(?:the |an? |my |our )?(?:evening|morning|afternoon|match|film|movie|drive|meeting|lesson|lecture|show|journey|shift)",
     "duration", 3 * HOUR),
    (r"(?:for )?ages|forever|for ever|yonks|donkeys years|a long time|as long as i can remember", "duration", 30 * DAY),
    (r"(?:from )?(?:morning|dawn) (?:to|till?|until) (?:night|dusk|evening|bedtime)", "bout", DAY),
    (r"all day(?: long)?|the whole day|all the time(?! (?:when|while|if|after|im|i) )|"
     r"most of the day|24 / 7|round the clock|day and night", "bout", DAY),
    (r"non stop|nonstop|non - stop|constant(?:ly)?|continuous(?:ly)?|never stops?|(?:wont|doesnt|didnt) stop(?! \w+ing )|hasnt stopped|"
     r"without stopping|(?:without|with no) (?:a |an |any )?(?:break|gap|pause|stop|interruption)s?(?! (?:in|from) )|unbroken|"
     r"uninterrupted(?:ly)?|(?:never|doesnt|wont|didnt) (?:lets? up|pauses?|ends?)|no let up", "bout", DAY),
    (r"(?:the )?day before (?:yesterday|last)", "since", 2 * DAY),
    (r"yesterdays?|ystrday|ysterday|yday", "since", DAY),
    (r"(?:since )?this morning|earlier today|todays?|tonight", "since", DAY / 4),
    (r"last night|yesterday (?:night|evening)", "since", DAY / 2),
    (r"(?:last|the) weekend", "since", 3 * DAY),
    (r"(?:since )?last week|(?:since|started|began|start|first|only|just|new) (?:earlier |only )?this week", "since", WEEK),
    (r"(?:for|over|during|in|throughout) (?:the )?(?:whole |entire )?(?:past|last) week|this past week", "since", WEEK),
    (r"all (?:this )?week(?: long)?|the whole week", "since", WEEK),
    (r"(?:since )?last month|(?:the |this )(?:whole |entire )?(?:past|last) month", "since", 30 * DAY),
    (r"last year", "since", 365 * DAY),
    (r"(?:the )?(?:past|last) fortnight", "since", 2 * WEEK),
    (r"just now|a moment ago|just started", "since", 5 * MINUTE),
)  # fmt: skip
PHRASE_RULES = tuple((re.compile(rf" (?:{pattern})(?= )"), kind, seconds) for pattern, kind, seconds in PHRASES)
SINCE_DAY = re.compile(
    # "last wednesdays walk", but "i run on wednesdays".
    r" (?:(?:since|from|last|started|began|until)(?P<own>)|on) (?:last |this |about |around |like |my \w+ (?:on )?|the \w+ (?:on )?)?"
    r"(?P<day>mon|tues?|wed|thurs?|thu|fri|sat|sun)(?:day|nesday|urday|sday)?(?(own)s?)(?= )"
)
# "Three Thursdays now".
SO_MANY_DAYS = re.compile(
    r" (?P<number>two|three|four|five|six|seven|eight|[2-8]) (?:mon|tues|wednes|thurs|fri|satur|sun)days"
    r" (?=(?:now|in a row|running|so far) )"
)
# A weekday and nothing before it answers "since when?".
BARE_DAY = re.compile(
    r"^ (?:it was |about |around |last |i think )?(?P<day>mon|tues?|wed|thurs?|thu|fri|sat|sun)(?:day|nesday|urday|sday)?s?"
    r"(?: night| morning| evening| afternoon| lunchtime)?(?: this (?:past )?week| just gone)?(?= (?:\W|$))"
)
MONTH_NAME = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
SINCE_MONTH = re.compile(
    r" (?:since|since (?:my |the |our |a )?(?:\w+ ){1,3}(?:in|on)|(?:started|began|starting) (?:back )?(?:in|on))"
    r"(?: (?:the )?(?P<date>\d{1,2})(?: ?(?:st|nd|rd|th))?(?: of)?)?"
    r" (?:last |early |late |mid |about |around |like |the (?:start|end|middle|beginning) of )*"
    rf"(?P<month>{MONTH_NAME})(?: \d{{4}})?(?= )"
)
# A month and nothing beside it answers "since when?", too.
BARE_MONTH = re.compile(
    rf"^ (?:about |around |in |early |late |mid |last |maybe |since )*(?P<month>{MONTH_NAME}) (?:(?:i think|or so|time) )?$"
)
# "Week" and "some months" answer it, if there is nothing else; so does a date.
BARE_UNIT = (
    re.compile(r"^ (?:as i (?:said|told you) ,? ?|it was |well ,? ?|i said )?this (?P<unit>week|month) (?:\. )?$"),
    re.compile(r"^ (?:about |like |just |only |one )*(?P<unit>day|week|fortnight|month|year) (?:ago |now |or so |i think )*$"),
    re.compile(r"^ (?:for |since |about |like |just |only )*some (?P<unit>days|weeks|wks|months|years) (?:ago |now |back |i think )*$"),
)
_DATE, _MONTH = r"(?P<date>\d{1,2})(?: ?(?:st|nd|rd|th))?", rf"(?P<month>{MONTH_NAME})"
BARE_DATE = tuple(
    re.compile(rf"^ (?:since |on |from |the |about |around |it was )*{date} (?:i think )?$")
    for date in (rf"{_DATE}(?: of)? {_MONTH}", rf"{_MONTH} (?:the )?{_DATE}")
)
MONTH_RULES = (SINCE_MONTH, BARE_MONTH, *BARE_DATE)
# Days that people count from: month and day. Easter moves, and seasons are long: about their middle.
FEASTS = {
    "new years?": (1, 1),
    "valentines": (2, 14),
    "easter": (4, 8),
    "halloween": (10, 31),
    "thanksgiving": (11, 25),
    "christmas|xmas": (12, 25),
    "spring": (4, 1),
    "summer": (7, 1),
    "autumn|last fall": (10, 1),
    "winter": (12, 21),
}
_SINCE = r" (?:since|after|from|began|started) (?:before |just after |about |around |last |the |early |late |this )*"
# "After a winter run" is no season since when.
_A_SESSION = (
    r"(?! (?:runs?|running|training|walks?|rides?|swims?|hikes?|session|season|league|gym|class|marathon|race|sports?|tennis|football) )"
)
SINCE_FEAST = tuple((re.compile(rf"{_SINCE}(?:{name}){_A_SESSION}(?= )"), day) for name, day in FEASTS.items())

# Words around a measure that settle which of the two it is, or that it is neither.
FILLER = (
    r"(?:it |is |are |of |for |about |around |maybe |like |only |just |over |almost |nearly |up to "
    r"|the |past |last |each |a |an |, |in )*$"
)
BOUT_BEFORE = re.compile(
    r"(?:last|lasts|lasting|lasted|each|bouts?|spells?|bursts?|episodes?|go(?:es|ing)? on|goes|non stop|nonstop|continuous\w*|constant\w*"
    rf"|(?:kept|keeps|keep) (?:on )?\w+ing|straight|stop(?:s|ped)? after|gone after|over in|done in"
    rf"|every time|twitch(?:es|ing)?) {FILLER}"
)
BOUT_AFTER = re.compile(
    r"^ (?:at a time|at once|each|a time|a go|a pop|per|long|straight|non stop|nonstop|without|bursts?|spells?|bouts?|episodes?"
    r"|then (?:it )?(?:stops?|gone|goes|nothing)|and (?:then )?(?:it )?(?:stops?|gone|its gone)"
    r"|before (?:it|they) (?:stops?|stopped|goes|went|gives? (?:over|up)|gave (?:over|up)|settles?|settled|lets? (?:up|go)|quits?)) "
)
# "two minutes tops" is a spell, "two days tops" is not.
AT_MOST = re.compile(r"^ (?:tops|max|at most|maximum) ")
SINCE_BEFORE = re.compile(
    r"(?:since|on and off|off and on|on n off|past|the last|started|began|been (?:\w+ ){0,4}for|happening for|had (?:it|this|them) for"
    rf"|here for|there for) {FILLER}"
)
SINCE_AFTER = re.compile(r"^ (?:ago|now|back|already|so far|in a row|on and off|off and on|since|running) ")
FEW = re.compile(r" (?:few|couple|some|several) ")
# "Few seconds on and off all day" says how long one spell is.
ON_AND_OFF = re.compile(r"^ (?:on and off|off and on|on n off) ")
# "Third day now".
COUNTED = re.compile(r" (?:past|last|third|fourth|fifth|\d+ (?:st|nd|rd|th)) ")
# Beside these a time is the twitch's.
TWITCHY = r"(?:weird|strange|odd|twitch|jerk|jump|spasm|flutter|pulse|pulsing)"
NEITHER_BEFORE = re.compile(
    r"(?:every|ran|run|running|cycl\w+|rode|biked?|walk\w*|hik\w+|swam|swim|play\w*|train\w*|lift\w*|exercis\w+|work\w* out|workout"
    r"|session|postpartum|post partum|within|aged?|im|after|gym|drove|sat|slept|sleep|drank|times|once|twice|per|than|first time"
    r"|married|retired|vegan|vegetarian|first (?:run|session|workout|game|match|race|class)|first in"
    r"|(?:vegan|vegetarian|sober|teetotal|clean|retired|married) since"
    r"|sober|teetotal|clean|pregnant(?! ,)|meant? by|always (?:have|has) been|(?:have|has) always been"
    r"|off (?:the |my |his |her |all )?(?:tablets|meds|pills|medication|medicine|antidepressants)(?! ,)"
    r"|(?:(?:i|ive|we) (?:have )?|^ )been doing (?!(?:this|that|it|these|the same|so|exactly|all|just) )"
    rf"(?:(?!{TWITCHY})\w+ )?(?!{TWITCHY})\w+) {FILLER}"
)
# "It stops after a few seconds" says how long one spell is.
STOPS_AFTER = re.compile(rf" (?:stops?|stopped|ends?|ended|settles?|settled|gone|over) after {FILLER}")
# "Twitches after every session for two months"; but "after running for two hours".
AFTER_SPORT = re.compile(rf" after (?:every |each |a |the |my |any |all )?\w+ (?:for|over) {FILLER}")
# "Three coffees a day" is how often.
RATE_BEFORE = re.compile(
    r" (?:days|nights|times|hours|hrs|sessions|litres|liters|coffees|cups|cans|drinks|pints|steps|classes|beers|espressos|tablets|pills"
    r"|runs|rides|walks|x|once|twice|km|k|miles|mg) $"
)
# "not run that far in three years" tells of the training; "it has not stopped in three weeks" does not.
IDLE_BEFORE = re.compile(
    r" (?:not|never|havent|hadnt|hasnt|didnt|wasnt) (?:really |even |been |actually )*"
    r"(?:r[au]n|done|did|train\w*|lift\w*|shift\w*|play\w*|exercis\w+"
    r"|cycl\w+|ridden|row\w*|sw[au]m|hik\w+|climb\w*|danc\w+|touched|dug|carried|to the) "
    rf"(?:(?!(?:but|because|cos|then|now|since|began|started) |{TWITCHY})\w+ ){{0,6}}(?:in|for|since) {FILLER}"
)
# "A half marathon in 2 hours" is how fast.
PACE_BEFORE = re.compile(r" (?:marathon|k|km|kms|mile|miles|race|course|laps?) in (?:about |around |just |under |like |only )*$")
NEITHER_AFTER = re.compile(
    r"^ (?:old|yo|of age|sober|clean|vegan|vegetarian|teetotal|married"
    r"|pregnant|postpartum|post partum|apart|(?:a|per|each|every) (?:day|night|week|month|year|session)"
    r"|run|ride|session|workout|class|walk|hike|game|match|swim|jog|race|drive|break|rest|sleep|shift"
    r"|hold|plank|of (?:running|cycling|training|gym|exercise|cardio|squats|sport|football|tennis)) "
)
# "2 hours after my run" is neither, "for 2 hours after my run" and "still, 2 hours after my run" are how long.
DELAY_AFTER = re.compile(r"^ (?:after|later|before|into) ")
STILL = re.compile(r" (?:still|already|even now|ever since|since then|not stopped|hasnt stopped|keeps going|goes on) ")
LASTS_BEFORE = re.compile(r" (?:lasts?|lasting) (?:for |about |around |like |maybe |up to |at least )*$")
FOR_BEFORE = re.compile(r" for (?:about |like |around |maybe |up to )*$")
# "quarter of" an hour
PART = re.compile(r" (?P<three>(?:three|3) )?quarters? of $")
# "Day 3"; but "week nine" may be the training plan's.
DAY_NUMBER = re.compile(r" (?:day|into (?P<week>week)) (?P<number>\d+|one|two|three|four|five|six|seven)(?= )")
MORE, LESS = 1.05, 0.95

# Before what is meant instead of a time named earlier ("2 months, no, 2 days"), and before what is not, or what somebody else said.
CORRECTED = re.compile(
    r"(?: (?:[,.!?-]|\.\.\.) (?:no|nope|sorry|oops|wait|actually|rather)"
    r"| (?:i mean|i meant|meant|correction|typo|make that|scratch that))"
    r"(?: (?:[,.!?-]|\.\.\.|no|wait|sorry|its|it|was|is|only|just|about|like|since|for|i|mean|meant|dear|love|mate|more|actually|rather))"
    r"{0,8} $"
)
DISOWNED = re.compile(
    r" (?:not|isnt|wasnt|you (?:said|say|think|thought|wrote|put))"
    r"(?: (?:i|it|its|was|is|have|had|ive|for|since|about|the|last|like)){0,5} $"
)
# "Can it last a month?" says nothing of how long it has lasted.
ASKED = re.compile(
    r" (?:can|could|may|might|will|would|should|does|do|if|when|until|unless)"
    r" (?:it|they|this|that|one|(?:a |the |one |my )?(?:twitch\w*|spasms?|spells?))(?: \w+){0,2}"
    r" (?:last|lasts|go on|goes on|going on|take|takes|continue|continues|keep going|keeps going|persists?|be there|is there)"
    rf"(?: (?:for|over|more|than|up|to|about|longer|as|long|like|around|even)){{0,4}} {NUMBER} "
)
# Before the length of one of many: "each is 2 seconds, but it goes on for 2 hours".
OF_EACH = re.compile(r" (?:each|every) (?:one |twitch |jump |spell |burst |time )?(?:is |lasts? |only |about |maybe |like |just )*$")
