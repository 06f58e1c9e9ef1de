namespace NeuroLab.IntegrationTests.History;

/// <summary>The entry point of these tests as a process of its own: a node. As tests they are started by the test host, which does not come by here.</summary>
internal static class NodeProgram
{
    /// <summary>The argument that makes a node; settings follow it.</summary>
    public const string Argument = "history-node";

    public static async Task<int> Main(string[] args)
    {
        if (args is not [Argument, .. var settings])
        {
            await Console.Error.WriteLineAsync("These are tests: run them with dotnet test.");
            return 2;
        }

        // Nothing but results goes to the output.
        var (input, output) = (Console.OpenStandardInput(), Console.OpenStandardOutput());
        Console.SetOut(Console.Error);
        await using var node = await NodeHost.StartAsync(settings);
        await node.ServeAsync(new Wire(input, output));
        return 0;
    }
}
