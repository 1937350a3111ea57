import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.rest.RESTCatalogAdapter;
import org.apache.iceberg.rest.RESTCatalogServlet;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * The REST catalog that Apache Iceberg tests its own clients with, on loopback alone: the stock main listens
 * on every interface. Parameters: the port, then the backing catalog's properties as key=value.
 */
public final class IcebergRest {
  public static void main(String[] parameters) throws Exception {
    Map<String, String> properties = new HashMap<>();
    for (int i = 1; i < parameters.length; i++) {
      String[] pair = parameters[i].split("=", 2);
      properties.put(pair[0], pair[1]);
    }
    var catalog = CatalogUtil.buildIcebergCatalog("floe", properties, null);
    var context = new ServletContextHandler(ServletContextHandler.NO_SESSIONS);
    context.addServlet(new ServletHolder(new RESTCatalogServlet(new RESTCatalogAdapter(catalog))), "/*");
    // Names with a slash or a percent sign are the catalog's to judge, not the web server's.
    context.getServletHandler().setDecodeAmbiguousURIs(true);
    var server = new Server(new InetSocketAddress("127.0.0.1", Integer.parseInt(parameters[0])));
    ((ServerConnector) server.getConnectors()[0])
        .getConnectionFactory(HttpConnectionFactory.class)
        .getHttpConfiguration()
        .setUriCompliance(UriCompliance.UNSAFE);
    server.setHandler(context);
    server.start();
    server.join();
  }

  /** Files of this machine, by path or file: address, without the 60 MB that Hadoop's takes. */
  public static final class LocalFileIO implements FileIO {
    @Override
    public InputFile newInputFile(String location) {
      return Files.localInput(path(location).toFile());
    }

    @Override
    public OutputFile newOutputFile(String location) {
      return Files.localOutput(path(location).toFile());
    }

    @Override
    public void deleteFile(String location) {
      if (!path(location).toFile().delete()) {
        throw new org.apache.iceberg.exceptions.NotFoundException("No file %s", location);
      }
    }

    private static Path path(String location) {
      return Path.of(location.replaceFirst("^file:(//)?(?=/)", ""));
    }
  }
}
