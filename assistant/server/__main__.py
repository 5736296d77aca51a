"""`python -m assistant.server <command>`: every command of Rasa (run, train, shell, test, data validate ...)."""

from assistant.server.launch import main

if __name__ == "__main__":
    main()
