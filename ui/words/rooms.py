"""The rooms: before an interview, in it and while it is scored."""

from collections.abc import Mapping

from core.i18n import N_, Worded

TYPED_INTRO = N_(
    "**{questions}** in **{minutes} minutes**, in {language}. Answer in your own words, in whole sentences, as you "
    "would speak. The clock starts with the first question; you can leave and come back while it runs."
)
VOICE_INTRO = N_(
    "**{questions}** in about **{minutes} minutes**, in {language}. You talk with an AI, not with a person. It asks "
    "one question at a time and may follow up. Take your time to think; you can change to typing at any moment."
)
RECORDING = N_(
    "- The call is recorded and transcribed so that your report can quote you. Vapi carries the call and turns speech "
    "into text; Google Gemini judges the answers.\n"
    "- Recording, transcript and report are stored encrypted, and only you see them. Deleting the interview in your "
    "history erases all of it, at the providers too.\n"
    "- This is practice. It predicts no hiring decision, and no employer gets to see it."
)
WAITING = N_(
    "This usually takes less than a minute. The page goes on by itself; you may also close it and find the report in "
    "your history."
)
WAITING_MAILED = N_(
    "This usually takes less than a minute. The page goes on by itself; you may also close it: we will send you a mail "
    "when the report is ready."
)
TYPE_IN_TROUBLE = N_("You need not wait: continue by typing. Nothing is paid again and what was said stays.")
TIME_IS_UP = N_("The chosen time is up. Send this answer; no further question follows.")
STUDY_TIME_IS_UP = N_("The chosen time is up. You can still answer again; no further question follows.")
MICROPHONE: Mapping[str, str] = {
    "microphone_denied": N_("The browser does not let us use the microphone."),
    "allow_chrome": N_(
        "Open the site settings left of the address (the sliders or the lock), allow the microphone, then try again."
    ),
    "allow_firefox": N_(
        "Click the crossed-out microphone left of the address, remove the block, then try again and choose Allow."
    ),
    "allow_safari": N_("Choose Safari, Settings for This Website, set the microphone to Allow, then try again."),
    "allow_ios": N_("Tap the symbol left of the address, Website Settings, allow the microphone, then try again."),
    "allow_android": N_("Tap the symbol left of the address, Permissions, allow the microphone, then try again."),
    "microphone_missing": N_("No microphone was found. Connect one, then try again, or continue by typing."),
    "microphone_busy": N_("The microphone is in use by another program. Close it there, then try again."),
}
"""What may be wrong with a microphone, and where each browser lets it through; translated where it is shown."""
VOICE: Mapping[str, str] = Worded(
    {
        "idle": N_("Ready to join"),
        "connecting": N_("Connecting…"),
        "live": N_("Connected"),
        "muted": N_("Connected, you are muted"),
        "ended": N_("The call has ended"),
        "lost": N_("The connection was lost. Nothing is lost of what was said: join again."),
        "failed": N_("The call could not be joined. Try again, or continue by typing."),
        "unstable": N_("Your connection is unstable. The interview goes on as soon as it is back."),
        "silent": N_("Your browser holds the sound back."),
        **MICROPHONE,
        "join": N_("Join the call"),
        "again": N_("Try again"),
        "think": N_("Let me think"),
        "thinking": N_("Take your time"),
        "mute": N_("Mute"),
        "unmute": N_("Unmute"),
        "listen": N_("Turn the sound on"),
        "left": N_("left"),
        "question": N_("Question {order} of {total}"),
        "interviewer": N_("Interviewer"),
        "you": N_("You"),
        "captions": N_("What is said appears here."),
    }
)
COUNTDOWN: Mapping[str, str] = Worded({"left": N_("left"), "over": N_("Time is up")})
PREFLIGHT: Mapping[str, str] = Worded(
    {
        **MICROPHONE,
        "start": N_("Check everything"),
        "again": N_("Check again"),
        "browser": N_("Browser"),
        "connection": N_("Connection"),
        "microphone": N_("Microphone"),
        "sound": N_("Sound"),
        "voice": N_("Your voice"),
        "checking": N_("Checking…"),
        "fine": N_("Fine"),
        "insecure": N_("Calls need a secure address (https)."),
        "unable": N_("This browser cannot hold calls. Use a current Chrome, Edge, Firefox or Safari, or type instead."),
        "near": N_("Fine, {ms} ms to us"),
        "slow": N_("Slow, {ms} ms to us: a call may falter. Move closer to the router, or type instead."),
        "blocked": N_("Your network may hold calls back. If so, try another network or type instead."),
        "unreachable": N_("We cannot be reached just now. Check your connection."),
        "speak": N_("Say a few words…"),
        "heard": N_("We can hear you."),
        "silence": N_("We hear nothing yet. Is the right microphone chosen, and not muted?"),
        "tone": N_("Do you hear a short tone?"),
        "deaf": N_("Turn the volume up, and see which loudspeaker or headphones are chosen."),
        "say": N_("Record this sentence: “{sentence}”"),
        "sentence": N_("I practise so that the real interview feels familiar."),
        "record": N_("Record five seconds"),
        "recording": N_("Recording…"),
        "skip": N_("Skip this"),
        "skipped": N_("Skipped"),
        "unheard": N_("This browser cannot record a sample."),
        "understood": N_("Understood: “{heard}”"),
        "misheard": N_("This was heard: “{heard}”. Speak a little slower, or closer to the microphone."),
        "playback": N_("Do you hear yourself?"),
        "yes": N_("Yes"),
        "no": N_("No"),
        "ready": N_("All is well: you can talk."),
        "hindered": N_("Something stands in the way of a call."),
        "kept": N_(
            "Nothing of this is kept. Where your browser writes down what it hears, its maker may process the sound."
        ),
    }
)
HINDERED = N_("Nothing has been charged. You can answer the same questions in writing, with the same scoring.")
