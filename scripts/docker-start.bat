@echo off
rem Build what has changed, deploy it on this machine and verify it, through WSL: scripts\docker-start.bat [what scripts/docker-start.sh takes]
setlocal
call "%~dp0lib\wsl.bat" docker
if not "%errorlevel%"=="0" exit /b 1
wsl.exe --cd "%~dp0.." --exec bash --login scripts/docker-start.sh %*
exit /b %errorlevel%
