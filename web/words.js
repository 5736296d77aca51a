// What the page and the widget say by themselves, one table for each language. The assistant itself speaks English.
// `{n}`, `{of}`, `{number}` and such are filled in.

const en = {
  title: "Muscle twitching after exercise",
  subtitle: "Looks things up in one article. Not a doctor.",
  open: "Chat about muscle twitching",
  close: "Close the chat",
  menu: "Menu",
  log: "Conversation",
  you: "You:",
  assistant: "Assistant:",
  input: "Your message",
  placeholder: "Say what is going on, in your own words",
  send: "Send",
  writing: "The assistant is writing …",
  choices: "Suggested answers",
  question: "Question {n} of {of}",
  why: "Why am I asked this?",
  change: "Change my answer",
  changeAbout: "Change my answer to: {question}",
  waiting: "Not sent yet. It goes out by itself as soon as it can.",
  failed: "This could not be sent. Please say it in other words.",
  offline: "There is no connection right now. If you feel very unwell, do not wait: call your local emergency number.",
  refused: "This chat does not work here: {reason}. If you feel very unwell, do not wait: call your local emergency number.",
  emergency: "Emergency: get help now",
  urgent: "Get medical advice today",
  see_doctor: "See a doctor",
  self_care: "Look after it yourself",
  call: "Call {number}",
  fromArticle: "From the article: {sections}",
  fromSources: "From named health sources",
  sections: {
    overview: "overview", definition: "what it is", sites: "where", duration: "how long", causes: "causes", outlook: "outlook",
    relief: "relief", prevention: "prevention", referral: "when to see a doctor",
  },
  summary: "Summary for my doctor",
  again: "Start again",
  download: "Download this talk",
  forget: "Delete what you know about me",
  forgetAsk: "Delete this talk for good, here and on the server? It cannot be brought back.",
  forgetYes: "Delete it",
  forgetNo: "Keep it",
  forgotten: "Your talk is deleted.",
  forgottenLater: "Your talk will be deleted as soon as the server reaches its storage again. You need do nothing more.",
  notForgotten: "That did not work: there is no connection. Nothing is deleted yet; please try again later.",
  print: "Print the summary",
  fhir: "Save it for the practice (FHIR)",
};

const de = {
  title: "Muskelzucken nach dem Sport",
  subtitle: "Schlägt in einem Artikel nach. Kein Arzt. Das Gespräch ist auf Englisch.",
  open: "Über Muskelzucken sprechen",
  close: "Gespräch schließen",
  menu: "Menü",
  log: "Gespräch",
  you: "Sie:",
  assistant: "Assistent:",
  input: "Ihre Nachricht",
  placeholder: "Was ist los? Bitte auf Englisch",
  send: "Senden",
  writing: "Der Assistent schreibt …",
  choices: "Mögliche Antworten",
  question: "Frage {n} von {of}",
  why: "Warum werde ich das gefragt?",
  change: "Antwort ändern",
  changeAbout: "Antwort ändern auf: {question}",
  waiting: "Noch nicht gesendet. Es geht von selbst hinaus, sobald es kann.",
  failed: "Das ließ sich nicht senden. Bitte sagen Sie es anders.",
  offline: "Gerade keine Verbindung. Geht es Ihnen sehr schlecht, warten Sie nicht: Rufen Sie den Notruf.",
  refused: "Dieser Chat geht hier nicht: {reason}. Geht es Ihnen sehr schlecht, warten Sie nicht: Rufen Sie den Notruf.",
  emergency: "Notfall: jetzt Hilfe holen",
  urgent: "Heute ärztlichen Rat holen",
  see_doctor: "Zum Arzt gehen",
  self_care: "Selbst etwas tun",
  call: "{number} anrufen",
  fromArticle: "Aus dem Artikel: {sections}",
  fromSources: "Aus genannten Gesundheitsquellen",
  sections: {
    overview: "Überblick", definition: "was es ist", sites: "wo", duration: "wie lange", causes: "Ursachen", outlook: "Aussicht",
    relief: "Linderung", prevention: "Vorbeugung", referral: "wann zum Arzt",
  },
  summary: "Zusammenfassung für den Arzt",
  again: "Neu anfangen",
  download: "Gespräch herunterladen",
  forget: "Löschen, was Sie über mich wissen",
  forgetAsk: "Dieses Gespräch endgültig löschen, hier und auf dem Server? Es lässt sich nicht zurückholen.",
  forgetYes: "Löschen",
  forgetNo: "Behalten",
  forgotten: "Ihr Gespräch ist gelöscht.",
  forgottenLater: "Ihr Gespräch wird gelöscht, sobald der Server seinen Speicher wieder erreicht. Sie müssen nichts weiter tun.",
  notForgotten: "Das ging nicht: keine Verbindung. Noch ist nichts gelöscht; bitte später noch einmal.",
  print: "Zusammenfassung drucken",
  fhir: "Für die Praxis speichern (FHIR)",
};

const ar = {
  title: "ارتعاش العضلات بعد الرياضة",
  subtitle: "يبحث في مقال واحد. ليس طبيبًا. المحادثة بالإنجليزية.",
  open: "محادثة عن ارتعاش العضلات",
  close: "إغلاق المحادثة",
  menu: "القائمة",
  log: "المحادثة",
  you: "أنت:",
  assistant: "المساعد:",
  input: "رسالتك",
  placeholder: "اكتب ما تشعر به، بالإنجليزية",
  send: "إرسال",
  writing: "المساعد يكتب …",
  choices: "إجابات مقترحة",
  question: "السؤال {n} من {of}",
  why: "لماذا هذا السؤال؟",
  change: "تغيير إجابتي",
  changeAbout: "تغيير إجابتي على: {question}",
  waiting: "لم تُرسل بعد. ستُرسل وحدها حالما يصبح ذلك ممكنًا.",
  failed: "تعذر الإرسال. من فضلك قلها بكلمات أخرى.",
  offline: "لا يوجد اتصال الآن. إذا كنت متعبًا جدًا فلا تنتظر: اتصل برقم الطوارئ في بلدك.",
  refused: "هذه المحادثة لا تعمل هنا: {reason}. إذا كنت متعبًا جدًا فلا تنتظر: اتصل برقم الطوارئ في بلدك.",
  emergency: "طوارئ: اطلب المساعدة الآن",
  urgent: "اطلب مشورة طبية اليوم",
  see_doctor: "راجع الطبيب",
  self_care: "اعتنِ بنفسك",
  call: "اتصل بالرقم {number}",
  fromArticle: "من المقال: {sections}",
  fromSources: "من مصادر صحية مذكورة",
  sections: {
    overview: "نظرة عامة", definition: "ما هو", sites: "أين", duration: "المدة", causes: "الأسباب", outlook: "ما المتوقع",
    relief: "التخفيف", prevention: "الوقاية", referral: "متى تراجع الطبيب",
  },
  summary: "ملخص لطبيبي",
  again: "البدء من جديد",
  download: "تنزيل هذه المحادثة",
  forget: "احذف ما تعرفه عني",
  forgetAsk: "هل تحذف هذه المحادثة نهائيًا، هنا وعلى الخادم؟ لا يمكن استعادتها.",
  forgetYes: "احذف",
  forgetNo: "أبقِها",
  forgotten: "حُذفت محادثتك.",
  forgottenLater: "ستُحذف محادثتك عندما يصل الخادم إلى مخزنه من جديد. لا حاجة لفعل أي شيء آخر.",
  notForgotten: "لم ينجح ذلك: لا يوجد اتصال. لم يُحذف شيء بعد؛ حاول لاحقًا.",
  print: "اطبع الملخص",
  fhir: "احفظه للعيادة (FHIR)",
};

export const LANGUAGES = { en, de, ar };
const RIGHT_TO_LEFT = ["ar"];

// Emergency numbers by the page's `region` (ISO 3166); where it is not named here, the reply's own wording stands alone.
const NUMBERS = { GB: "999", IE: "112", US: "911", CA: "911", AU: "000", NZ: "111", ZA: "112", IN: "112" };
for (const region of "AT BE BG CH CY CZ DE DK EE ES FI FR GR HR HU IS IT LT LU LV MT NL NO PL PT RO SE SI SK".split(" ")) NUMBERS[region] = "112";

// The table for a language tag such as "de-AT", with its `lang` and `dir`.
export function wordsFor(tag) {
  const language = String(tag || "").toLowerCase().split("-")[0];
  const known = Object.hasOwn(LANGUAGES, language) ? language : "en";
  return { ...LANGUAGES[known], lang: known, dir: RIGHT_TO_LEFT.includes(known) ? "rtl" : "ltr" };
}

export function emergencyNumber(region) {
  const country = String(region || "").toUpperCase();
  return Object.hasOwn(NUMBERS, country) ? NUMBERS[country] : "";
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (mark, name) => (Object.hasOwn(values, name) ? values[name] : mark));
}
