using NeuroLab.WebApi.Cli;

return await CommandLine.RunAsync(args);
