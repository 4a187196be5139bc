/** The verifier of a search task: compares the answer, and says which claim of the question a wrong one breaks. */

export const VERIFIER_PROGRAM = `import json, os, sys

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "verdicts.json"), encoding="utf-8") as file:
    known = json.load(file)
try:
    with open("/app/answer.txt", encoding="utf-8") as file:
        said = file.read(10000).strip()
except (OSError, UnicodeDecodeError):
    said = ""
reward = 1 if said == known["answer"] else 0
if reward:
    print("right")
elif said == "":
    print("rule answer: /app/answer.txt is empty or not there")
elif said in known["broken"]:
    print(f"rule claim: {said} is not one that {known['broken'][said]}")
else:
    print(f"rule document: {said[:200]} is not the id of a document, alone on its line")
os.makedirs("/logs/verifier", exist_ok=True)
with open("/logs/verifier/reward.txt", "w", encoding="utf-8") as file:
    file.write(str(reward))
`;
