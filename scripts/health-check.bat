@echo off
rem Say how the deployment is, and walk a user's way through it, through WSL: scripts\health-check.bat [what scripts/health-check.sh takes]
setlocal
call "%~dp0lib\wsl.bat" docker
if not "%errorlevel%"=="0" exit /b 1
wsl.exe --cd "%~dp0.." --exec bash --login scripts/health-check.sh %*
exit /b %errorlevel%
