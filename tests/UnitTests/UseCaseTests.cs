using System.Runtime.CompilerServices;

namespace NeuroLab.UnitTests;

/// <summary>The tests that stand beside their use case, in <c>src/Application/&lt;Module&gt;/&lt;Request&gt;/&lt;Request&gt;.Tests.cs</c>.</summary>
public sealed class UseCaseTests
{
    [Fact]
    public void Tests_BesideAUseCase_AreCompiledIntoThisProject()
    {
        var files = Directory.GetFiles(Application(), "*.Tests.cs", SearchOption.AllDirectories).Select(file => Path.GetFileName(file)[..^".Tests.cs".Length]).ToList();

        files.Should().NotBeEmpty();
        typeof(UseCaseTests).Assembly.GetTypes().Select(type => type.Name).Should().Contain(files.Select(request => $"{request}Tests"));
    }

    private static string Application([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "src", "Application");
}
